"""What scripts do in the rehearsal takes effect: Graph refuses, evidence shows it, audit judges, the runner sees it.

And the evidence of a rehearsal feeds the audit unchanged, in every encoding that PowerShell writes.
"""

import codecs
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.tenant import start
from tests.whole.chain import Chain, begin
from tests.whole.test_schemas import check

JSON = dict[str, Any]
CODINGS: dict[str, Callable[[str], bytes]] = {
    "utf-8": str.encode,
    "utf-8-mark": lambda text: codecs.BOM_UTF8 + text.encode(),
    "utf-16-le": lambda text: codecs.BOM_UTF16_LE + text.replace("\n", "\r\n").encode("utf-16-le"),
}


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    """A provisioned workspace of a small tenant, open to every mailbox as yet."""
    with start(users=40, seed=4, start="2026-11-23T06:00:00Z") as tenant:
        chain = begin(tenant, tmp_path_factory.mktemp("evidence"))
        chain.edit("all = true", f'group = "reception@{tenant.ready["domain"]}"')
        chain.run("provision", "apply", "--yes")
        chain.run("sync", "once")
        yield chain


def rehearse(chain: Chain, kind: str, *more: str) -> JSON:
    """Renders a script of a kind and rehearses it."""
    chain.run("scripts", "render", kind, *more)
    (script,) = (chain.root / "scripts").glob(f"{kind}-*.ps1")
    found: JSON = chain.json("scripts", "rehearse", str(script), "--argument", "Confirm=false")
    assert found["errors"] == []
    script.unlink()
    return found


def audited(chain: Chain, name: str) -> list[JSON]:
    """The findings about calendars, of a snapshot with the present evidence."""
    chain.run("audit", "collect", "--exchange", "exchange", "--out", name)
    report = chain.json("audit", "run", "--snapshot", name, expect=(0, 3))
    rows: list[JSON] = [row for row in report["findings"] if row["check"] == "calendar-tenant-wide"]
    return rows


def ours(chain: Chain, rows: list[JSON]) -> JSON:
    """The finding about our app."""
    principals = {row["id"]: row["appId"] for row in chain.tenant.state("servicePrincipals")}
    ids = {chain.app()["appId"], chain.app()["id"]}
    (found,) = [row for row in rows if {row["object"]["id"], principals.get(row["object"]["id"])} & ids]
    return found


def kept_out(chain: Chain) -> bool:
    """Whether Graph keeps the runner out of a calendar in its next round, some hours later."""
    chain.tenant.advance("3h")
    chain.run("sync", "once", expect=(0, 4))
    return "Access to OData is disabled" in chain.said[-1]


def test_an_access_policy_takes_effect_and_its_evidence_feeds_the_audit(chain: Chain) -> None:
    assert not kept_out(chain)
    rehearse(chain, "evidence")
    wide = ours(chain, audited(chain, "wide"))
    assert wide["verdict"] == "fail"
    domain = chain.tenant.ready["domain"]
    rehearse(chain, "access-policy", "--group", f"meeting-rooms@{domain}")
    assert kept_out(chain), "the wrong group: the runner is kept out"
    rehearse(chain, "evidence")
    assert ours(chain, audited(chain, "wrong"))["verdict"] == "fail"
    chain.tenant.delete("/state/applicationAccessPolicies")
    made = rehearse(chain, "access-policy", "--group", f"reception@{domain}")
    assert [change["cmdlet"] for change in made["changes"]] == ["New-ApplicationAccessPolicy"]
    rehearse(chain, "evidence")
    findings = {}
    plain = {file: file.read_text(encoding="utf-8-sig") for file in (chain.root / "exchange").glob("*.json")}
    for coding, encode in CODINGS.items():
        for file, text in plain.items():
            file.write_bytes(encode(text))
        findings[coding] = audited(chain, f"narrow-{coding}")
    assert findings["utf-8"] == findings["utf-8-mark"] == findings["utf-16-le"]
    narrow = ours(chain, findings["utf-8"])
    assert narrow["verdict"] in ("pass", "conditional")
    assert narrow["fact"] != wide["fact"]


def test_rbac_adds_to_entra_until_that_is_withdrawn(chain: Chain) -> None:
    group = f"reception-night@{chain.tenant.ready['domain']}"
    for policy in chain.tenant.state("applicationAccessPolicies"):
        assert policy["AppId"] == chain.app()["appId"]
    chain.tenant.delete("/state/applicationAccessPolicies")
    made = rehearse(chain, "rbac", "--group", group)
    assert made["changes"][-1]["cmdlet"] == "New-ManagementRoleAssignment"
    assert not kept_out(chain), "the grant in Entra opens everything"
    rehearse(chain, "evidence")
    voided = ours(chain, audited(chain, "voided"))
    assert voided["verdict"] == "fail"
    assert "worth nothing" in voided["fact"] or "every" in voided["fact"]
    (principal,) = [p for p in chain.tenant.state("servicePrincipals") if p["appId"] == chain.app()["appId"]]
    grants = [g for g in chain.tenant.state("appRoleAssignments") if g["principalId"] != principal["id"]]
    chain.tenant.delete("/state/appRoleAssignments")
    chain.tenant.seed(appRoleAssignments=grants)
    exported = json.loads((chain.root / "exchange" / "Get-ManagementRoleAssignment.json").read_text("utf-8-sig"))
    assert [row["Role"] for row in exported["items"]] == ["Application Calendars.Read"]
    narrowed = ours(chain, audited(chain, "narrowed"))
    assert narrowed["verdict"] in ("pass", "conditional")


def test_a_right_that_is_taken_back_is_gone_from_evidence(chain: Chain) -> None:
    domain = chain.tenant.ready["domain"]
    rehearse(chain, "service-user", "--user", f"monitor@{domain}")
    given = rehearse(chain, "reviewer", "--user", f"monitor@{domain}")
    assert len(given["changes"]) > 20
    rehearse(chain, "evidence")
    assert rights(chain.root, f"monitor@{domain}") == len(given["changes"])
    chain.run("scripts", "render", "reviewer", "--user", f"monitor@{domain}")
    (script,) = (chain.root / "scripts").glob("reviewer-*.ps1")
    told = chain.json("scripts", "rehearse", str(script), "--argument", "Remove", "--argument", "Confirm=false")
    assert len(told["changes"]) == len(given["changes"])
    rehearse(chain, "evidence")
    assert rights(chain.root, f"monitor@{domain}") == 0


def test_what_scripts_and_rehearsals_say_is_as_the_schemas_have_it(chain: Chain) -> None:
    check("simulate-ready", chain.tenant.ready)
    check("simulate-ready", {"tenants": chain.tenant.tenants})
    chain.run("scripts", "render", "ews-allow")
    (script,) = (chain.root / "scripts").glob("ews-allow-*.ps1")
    wrong = chain.root / "wrong.ps1"
    for text, code in (("throw 'no'\n", 3), ("Get-ADUser -Identity x\n", 2)):
        wrong.write_text(text, encoding="utf-8")
        check("rehearsal", chain.json("scripts", "rehearse", str(script), str(wrong), "--what-if", expect=code))
    check("rehearsal", chain.json("scripts", "rehearse", str(script)))
    rehearse(chain, "evidence")
    for file in (chain.root / "exchange").glob("*.json"):
        check("exchange-evidence", json.loads(file.read_text(encoding="utf-8-sig")))
    chain.run("sync", "once", "-vv", "--log", "json", expect=(0, 4))
    lines = [json.loads(line) for line in chain.said[-1].splitlines()]
    assert len(lines) > 3
    for line in lines:
        check("log-line", line)


def rights(root: Path, user: str) -> int:
    """How many calendars the evidence shows a user on."""
    text = (root / "exchange" / "Get-MailboxFolderPermission.json").read_text(encoding="utf-8-sig")
    return sum(row["UserAddress"] == user for row in json.loads(text)["items"])

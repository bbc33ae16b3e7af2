"""The whole audit: the same bytes for the same input, counts that add up, the chain, what is judged."""

import copy
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.checks import CHECKS
from audit.finding import Severity, Verdict
from audit.options import Options
from audit.report import Report
from audit.reports import FORMATS
from audit.run import chosen, run
from audit.snapshot import open_snapshot
from audit.times import as_of, moment, shown
from tenantry.errors import UsageError
from tests.audit.evidence import AS_OF, Files, changed, clean, grant, role, secret, write


def report(folder: Path, files: Files, *, manifest: bool = True, **options: Any) -> Report:
    snapshot = open_snapshot(write(folder, files, manifest=manifest), unverified=not manifest)
    return run(snapshot, Options(**{"as_of": as_of(AS_OF)} | options))


def test_a_clean_tenant_passes_every_check(tmp_path: Path) -> None:
    made = report(tmp_path, clean())
    assert [(f.check, f.verdict) for f in made.findings] == sorted((check.id, Verdict.PASS) for check in CHECKS)
    assert made.counts == {"pass": 8, "fail": 0, "conditional": 0, "unknown": 0, "waived": 0}
    assert made.as_of == "2026-11-21T00:00:00Z"
    assert made.unverified == ()


def test_without_evidence_nothing_passes(tmp_path: Path) -> None:
    only = {"integrations/contoso/telia.json": clean()["integrations/contoso/telia.json"]}
    made = report(tmp_path, only)
    assert {f.verdict for f in made.findings} == {Verdict.UNKNOWN}
    assert len(made.findings) == len(CHECKS)


def spoil(files: Files) -> None:
    files["appRoleAssignments.jsonl"] += [role("Mail.Read", 3), role("RoleManagement.ReadWrite.Directory", 4)]
    files["oauth2PermissionGrants.jsonl"] += [grant("User.Read"), grant("Presence.Read.All", "u1", 2)]
    files["applications.jsonl"][0]["passwordCredentials"].append(secret("66666666-6666-4666-8666-66666666666a"))
    files["applications.jsonl"][0]["owners"] = []


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    files = changed(spoil)
    for name, render in FORMATS.items():
        first = render(report(tmp_path / f"{name}-1", files))
        assert first == render(report(tmp_path / f"{name}-2", files)), name


def test_findings_stand_in_order_however_the_rows_lie(tmp_path: Path) -> None:
    files = changed(spoil)
    plain = report(tmp_path / "a", files)
    shuffled = copy.deepcopy(files)
    for name, rows in shuffled.items():
        if name.endswith(".jsonl"):
            random.Random(7).shuffle(rows)
    mixed = report(tmp_path / "b", shuffled)
    assert [f.key for f in plain.findings] == sorted(f.key for f in plain.findings)
    assert [(f.key, f.verdict, f.items) for f in plain.findings] == [
        (f.key, f.verdict, f.items) for f in mixed.findings
    ]


def test_severity_threshold(tmp_path: Path) -> None:
    made = report(tmp_path, changed(spoil))
    assert {f.check for f in made.worst(Severity.CRITICAL)} == {"permission-excess", "high-risk-permission"}
    assert "app-without-owner" in {f.check for f in made.worst(Severity.LOW)}


def test_unknown_counts_where_it_matters(tmp_path: Path) -> None:
    """A CI that may no longer read grants must not go green."""
    made = report(tmp_path, changed(lambda f: f.pop("appRoleAssignments.jsonl")))
    assert {f.check for f in made.worst(Severity.HIGH)} >= {"permission-missing", "high-risk-permission"}


def links(made: Report) -> dict[str, bool | None]:
    (chain,) = made.integrations
    assert chain.name == "contoso/telia"
    return {link.link: link.ok for link in chain.links}


WHOLE = {"required": True, "granted": True, "scoped": True, "credential": True, "addresses": True, "state": None}


def test_the_chain_of_a_clean_tenant(tmp_path: Path) -> None:
    assert links(report(tmp_path, clean())) == WHOLE


def people(*addresses: str) -> Any:
    listed = [{"address": address, "key": address, "follow": None} for address in addresses]
    return lambda f: f["integrations/contoso/telia.json"].update(people={"all": False, "listed": listed})


def alone(name: str) -> Any:
    return lambda f: f["integrations/contoso/telia.json"].update(mailboxes={name: True})


@pytest.mark.parametrize(
    ("change", "link", "ok"),
    [
        (lambda f: f["servicePrincipals.jsonl"].pop(0), "required", False),
        (lambda f: f["appRoleAssignments.jsonl"].pop(0), "granted", False),
        (lambda f: f.pop("appRoleAssignments.jsonl"), "granted", None),
        (lambda f: f.pop("exchange/Get-ApplicationAccessPolicy.json"), "scoped", None),
        (lambda f: f["exchange/Get-ApplicationAccessPolicy.json"].update(items=[]), "scoped", False),
        (alone("all"), "scoped", None),
        (lambda f: f["applications.jsonl"][0]["passwordCredentials"].clear(), "credential", False),
        (
            lambda f: f["applications.jsonl"][0].update(passwordCredentials=[secret(end="2026-11-01")]),
            "credential",
            False,
        ),
        (
            lambda f: f["applications.jsonl"][0].update(passwordCredentials=[secret(start="2026-12-01")]),
            "credential",
            False,
        ),
        (lambda f: f["applications.jsonl"][0].pop("passwordCredentials"), "credential", None),
        (lambda f: f["integrations/contoso/telia.json"].update(credential=None), "credential", True),
        (people("admin@contoso.com"), "addresses", True),
        (people("ADMIN@contoso.com"), "addresses", True),
        (people("admin@contoso.com", "gone@contoso.com"), "addresses", False),
        (lambda f: f["users.jsonl"][0].update(mail=None), "addresses", False),
        (lambda f: f["users.jsonl"][0].update(userType="Guest"), "addresses", False),
        (lambda f: f["users.jsonl"][0].update(accountEnabled=False), "addresses", False),
        (people("gone@contoso.com"), "addresses", False),
        (lambda f: f.pop("users.jsonl"), "addresses", None),
    ],
)
def test_the_chain_names_the_broken_link(tmp_path: Path, change: Any, link: str, ok: bool | None) -> None:
    made = report(tmp_path, changed(change))
    assert links(made)[link] is ok
    (chain,) = made.integrations
    found = next(one for one in chain.links if one.link == link)
    assert found.fact
    if ok is False:
        assert found.fix


def test_declared_for_everybody_the_scope_is_as_declared(tmp_path: Path) -> None:
    files = changed(alone("all"), lambda f: f["exchange/Get-ApplicationAccessPolicy.json"].update(items=[]))
    assert links(report(tmp_path, files))["scoped"] is True


def test_unverified_is_told_in_every_format(tmp_path: Path) -> None:
    made = report(tmp_path, clean(), manifest=False)
    assert made.unverified
    for name in ("table", "json", "md", "html"):
        assert "nverified" in FORMATS[name](made) or "UNVERIFIED" in FORMATS[name](made), name


def test_scope_by_default(tmp_path: Path) -> None:
    assert report(tmp_path / "a", clean()).scope == "integrations"
    assert report(tmp_path / "b", changed(lambda f: f.pop("integrations/contoso/telia.json"))).scope == "tenant"
    assert report(tmp_path / "c", clean(), scope="tenant").scope == "tenant"


def test_two_integrations_two_chains(tmp_path: Path) -> None:
    def second(files: Files) -> None:
        other = copy.deepcopy(files["integrations/contoso/telia.json"])
        other["integration"] = "second"
        files["integrations/contoso/second.json"] = other

    made = report(tmp_path, changed(second))
    assert [chain.name for chain in made.integrations] == ["contoso/second", "contoso/telia"]
    assert len(made.findings) == 2 * len(CHECKS)


def test_checks_by_name() -> None:
    assert [check.id for check in chosen(["credential-expiry", "permission-missing"])] == [
        "permission-missing",
        "credential-expiry",
    ]
    assert chosen([]) == CHECKS
    with pytest.raises(UsageError, match="permission-missin'") as error:
        chosen(["permission-missin"])
    assert "permission-missing" in error.value.fix


def test_every_module_of_the_folder_is_registered() -> None:
    folder = Path(__file__).resolve().parents[2] / "audit" / "checks"
    modules = {path.stem.replace("_", "-") for path in folder.glob("*.py")} - {"--init--", "interface"}
    assert {check.id for check in CHECKS} == modules
    assert len({check.id for check in CHECKS}) == len(CHECKS)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_metadata_is_complete(check: Any) -> None:
    assert check.title
    assert not check.title.endswith(".")
    assert check.risk.endswith(".")
    assert check.references
    assert all(reference.startswith("https://learn.microsoft.com/") for reference in check.references)
    tests = Path(__file__).parent / "checks" / f"test_{check.id.replace('-', '_')}.py"
    assert tests.is_file()


@pytest.mark.parametrize(
    ("text", "is_"),
    [
        ("2026-11-21", "2026-11-21T00:00:00Z"),
        ("2026-11-21T08:00:00Z", "2026-11-21T08:00:00Z"),
        ("2026-11-21T08:00:00+01:00", "2026-11-21T07:00:00Z"),
    ],
)
def test_dates(text: str, is_: str) -> None:
    assert shown(as_of(text)) == is_


@pytest.mark.parametrize("text", ["", "today", "2026-13-01", "21.11.2026", "2026-11-21T99:00:00Z"])
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(UsageError, match="--as-of"):
        as_of(text)


@given(st.text() | st.from_regex(r"/Date\(-?\d{1,20}\)/", fullmatch=True))
@settings(max_examples=200)
def test_no_text_breaks_the_reading_of_times(text: str) -> None:
    moment(text)

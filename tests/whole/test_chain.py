"""From an empty tenant to states that flow, once; then what must hold of everything it said, wrote and asked."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import shared
from tests.openapi.log import check_log, report
from tests.tenant import start
from tests.whole.chain import Chain, begin, tokens

PRIVATE = "Läkarbesök – Åsa’s provsvar 😀"
OPEN = "Kvartalsmöte Ö"


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    """The run that the tests below look at."""
    with start(users=60, seed=11, start="2026-11-23T06:00:00Z") as tenant:
        person = next(
            u for u in tenant.state("users") if u["accountEnabled"] and u["userType"] == "Member" and u["mail"]
        )
        tenant.seed(
            events=[event(person["id"], "private-1", PRIVATE, "private"), event(person["id"], "open-1", OPEN, "normal")]
        )
        made = begin(tenant, tmp_path_factory.mktemp("whole"))
        made.edit("title    = []", 'title    = ["busy"]')
        for words in (
            ("provision", "plan", "-vv"),
            ("provision", "apply", "--yes", "-vv", "--log", "json"),
            ("provision", "verify", "-vv"),
            ("provision", "handover", "--out", "handover", "-vv"),
            (
                "scripts",
                "render",
                "access-policy",
                "--group",
                f"switchboard@{tenant.ready['domain']}",
                "--out",
                "scripts",
            ),
            ("audit", "collect", "--out", "snapshot", "-vv"),
            ("audit", "run", "--snapshot", "snapshot", "-o", "html", "--out", "report.html"),
            ("sync", "check", "-vv"),
            ("sync", "run", "--for", "4h", "-vv"),
            ("sync", "explain", person["mail"]),
        ):
            made.run(*words)
        made.asked = tenant.requests(bodies=True)
        yield made


def event(owner: str, name: str, subject: str, sensitivity: str) -> dict[str, object]:
    """A busy hour from nine or ten, UTC."""
    hour = 9 if sensitivity == "private" else 10
    times = {
        k: {"dateTime": f"2026-11-23T{h:02d}:00:00.0000000", "timeZone": "UTC"}
        for k, h in (("start", hour), ("end", hour + 1))
    }
    return {
        "id": name,
        "@owner": owner,
        "subject": subject,
        "sensitivity": sensitivity,
        "showAs": "busy",
        "isAllDay": False,
        "isCancelled": False,
        "type": "singleInstance",
        **times,
    }


def test_the_tenant_holds_exactly_the_profile(chain: Chain) -> None:
    app = chain.app()
    (principal,) = [p for p in chain.tenant.state("servicePrincipals") if p["appId"] == app["appId"]]
    graph = next(p for p in chain.tenant.state("servicePrincipals") if p["appId"].startswith("00000003-0000-0000-c000"))
    names = {r["id"]: r["value"] for r in graph["appRoles"]}
    granted = [a for a in chain.tenant.state("appRoleAssignments") if a["principalId"] == principal["id"]]
    assert sorted(names[a["appRoleId"]] for a in granted) == ["Calendars.Read", "User.Read.All"]
    (access,) = app["requiredResourceAccess"]
    assert sorted((names[r["id"]], r["type"]) for r in access["resourceAccess"]) == [
        ("Calendars.Read", "Role"),
        ("User.Read.All", "Role"),
    ]
    assert not [g for g in chain.tenant.state("oauth2PermissionGrants") if g["clientId"] == principal["id"]]
    assert len(app["passwordCredentials"]) == 1
    assert app["signInAudience"] == "AzureADMyOrg"


def test_a_second_apply_plans_nothing_and_writes_nothing(chain: Chain) -> None:
    assert chain.json("provision", "plan", "--exit-code")[0]["changes"] == []
    chain.tenant.forget()
    chain.run("provision", "apply", "--yes")
    written = [r for r in chain.tenant.requests() if r["method"] != "GET" and "/oauth2/" not in r["url"]]
    assert written == []


def test_no_secret_leaves_its_store(chain: Chain) -> None:
    secret, operator = chain.secret(), chain.tenant.ready["operator"]["clientSecret"]
    said = "\n".join(chain.said)
    assert len(said) > 10_000
    for hidden in (secret, operator, chain.tenant.ready["operator"]["password"]):
        assert hidden not in said
        for path in chain.files():
            if path != chain.root / "secrets/telia":
                assert hidden.encode() not in path.read_bytes(), path
    assert not tokens(said)


def test_a_private_subject_appears_nowhere(chain: Chain) -> None:
    said = "\n".join(chain.said)
    for text in (PRIVATE, json.dumps(PRIVATE)[1:-1], "Läkarbesök"):
        assert text not in said
        for path in chain.files():
            assert text.encode() not in path.read_bytes(), path
    assert OPEN in (chain.root / "availability.jsonl").read_text(encoding="utf-8")


def test_the_secret_comes_out_only_where_it_is_asked_for(chain: Chain) -> None:
    chain.run("provision", "handover", "--out", "handover2", "--secret-file", "handover2/secret.txt")
    file = chain.root / "handover2/secret.txt"
    assert file.read_text(encoding="utf-8").strip() == chain.secret()
    assert file.stat().st_mode & 0o077 == 0
    assert all(chain.secret() not in p.read_text(encoding="utf-8") for p in file.parent.iterdir() if p != file)
    file.unlink()


@pytest.mark.shared
def test_every_request_and_answer_is_as_microsoft_describes_it(chain: Chain) -> None:
    shared.path("graph/openapi-v1.0-subset.json")
    assert len(chain.asked) > 100
    problems, _ = check_log(chain.asked)
    assert not problems, report(problems)


def test_withdrawn_consent_clears_no_state(chain: Chain, tmp_path: Path) -> None:
    records = (chain.root / "availability.jsonl").read_text(encoding="utf-8").splitlines()
    last = {r["key"]: r for r in map(json.loads, records)}
    app = chain.app()
    (principal,) = [p for p in chain.tenant.state("servicePrincipals") if p["appId"] == app["appId"]]
    held = [a for a in chain.tenant.state("appRoleAssignments") if a["principalId"] == principal["id"]]
    others = [a for a in chain.tenant.state("appRoleAssignments") if a["principalId"] != principal["id"]]
    chain.tenant.delete("/state/appRoleAssignments")
    chain.tenant.seed(appRoleAssignments=others)
    chain.run("sync", "run", "--for", "2h")
    after = (chain.root / "availability.jsonl").read_text(encoding="utf-8").splitlines()[len(records) :]
    first: dict[str, dict[str, object]] = {}
    for record in map(json.loads, after):
        first.setdefault(record["key"], record)
    assert set(first) >= set(last)
    assert all(r["stale"] for r in first.values())
    (state,) = chain.json("sync", "status", expect=3)
    assert (state["ok"], state["link"]) == (False, "granted")
    chain.tenant.seed(appRoleAssignments=held)
    chain.run("sync", "run", "--for", "2h")
    final = {
        r["key"]: r
        for r in map(json.loads, (chain.root / "availability.jsonl").read_text(encoding="utf-8").splitlines())
    }
    assert not [r for r in final.values() if r["stale"]]
    assert chain.json("sync", "status")[0]["ok"]

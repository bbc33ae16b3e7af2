"""Collecting: what is kept, what is left out, what is written down when something cannot be read."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from audit.collect import Integrated, Job, Outcome, collect
from audit.collect.parts import PARTS
from audit.manifest import TenantNote
from audit.options import Options
from audit.run import run
from audit.snapshot import open_snapshot
from audit.times import as_of
from tenantry import integration as integrations
from tenantry.errors import GuardRefused, PartlyDone, UsageError
from tests.audit.collect.fake import FakeGraph, answers, in_turn, refusal
from tests.audit.evidence import (
    APP,
    AS_OF,
    GROUP,
    PRINCIPAL,
    SECRET,
    TENANT,
    changed,
    clean,
    encode,
    export,
    grant,
    integration,
    policy,
    secret,
)


def job(out: Path, **more: Any) -> Job:
    raw = json.dumps(integration()).encode()
    file = integrations.parse(raw, Path("telia.json"))
    given: dict[str, Any] = {
        "out": out,
        "tenant": TenantNote(name="contoso", id=TENANT),
        "integrations": (Integrated(name="contoso/telia", file=file, raw=raw),),
        "exchange": {
            name.partition("/")[2]: encode(name, content)
            for name, content in clean().items()
            if name.startswith("exchange/")
        },
    }
    return Job(**given | more)


def collected(graph: FakeGraph, wanted: Job) -> Outcome:
    return asyncio.run(collect(graph.graph(), wanted))


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_clean_tenant_passes_every_check(tmp_path: Path) -> None:
    outcome = collected(FakeGraph(answers()), job(tmp_path / "s"))
    assert outcome.manifest.not_read == ()
    snapshot = open_snapshot(tmp_path / "s")
    assert snapshot.sha256 == outcome.sha256
    report = run(snapshot, Options(as_of=as_of(AS_OF)))
    assert report.counts["pass"] == 8, [f.fact for f in report.findings if f.verdict != "pass"]


def test_the_manifest_tells_how_it_was_read(tmp_path: Path) -> None:
    manifest = collected(FakeGraph(answers()), job(tmp_path / "s")).manifest
    assert manifest.permissions == ("Application.Read.All",)
    assert manifest.operator == {"appid": "reader", "idtyp": "app"}
    assert manifest.integrations == ("contoso/telia",)
    assert manifest.files["users.jsonl"].source == ("GET /users",)
    assert manifest.files["users.jsonl"].rows == 1
    assert manifest.calls["GET /users"] == 1
    assert set(manifest.files) >= {part.file for part in PARTS}
    assert not (tmp_path / "s" / "collecting.json").exists()


def test_secrets_and_names_stay_out(tmp_path: Path) -> None:
    files = clean()
    files["applications.jsonl"][0]["passwordCredentials"] = [secret(hint="Abc", secretText="Abc~secret-value")]
    files["applications.jsonl"][0]["keyCredentials"] = [{"keyId": "k", "key": "TUlJ-private", "usage": "Verify"}]
    files["applications.jsonl"][0]["owners"][0]["displayName"] = "Eva Private"
    files["servicePrincipals.jsonl"][0]["passwordCredentials"] = [secret(hint="Xyz")]
    graph = FakeGraph(answers(files))
    graph.answers["/auditLogs/signIns"] = [
        {"id": "1", "appId": APP, "userId": "u", "ipAddress": "203.0.113.9", "userDisplayName": "Eva Private"}
    ]
    collected(graph, job(tmp_path / "s"))
    everything = b"".join(path.read_bytes() for path in (tmp_path / "s").rglob("*") if path.is_file())
    for secret_part in (b"hint", b"secretText", b"secret-value", b"TUlJ", b"Private", b"203.0.113.9"):
        assert secret_part not in everything, secret_part


def test_ours_are_read_first_and_once(tmp_path: Path) -> None:
    graph = FakeGraph(answers())
    collected(graph, job(tmp_path / "s"))
    assert [row["appId"] for row in rows(tmp_path / "s" / "applications.jsonl")] == [APP]
    assert [row["id"] for row in rows(tmp_path / "s" / "appRoleAssignments.jsonl")] == ["role-1", "role-2"]
    assert [row["id"] for row in rows(tmp_path / "s" / "servicePrincipals.jsonl")].count(PRINCIPAL) == 1


def test_members_are_flattened_with_how_they_belong(tmp_path: Path) -> None:
    collected(FakeGraph(answers()), job(tmp_path / "s"))
    assert rows(tmp_path / "s" / "groupMembers.jsonl") == [
        {"@groupId": GROUP, "@direct": True, "@odata.type": "#microsoft.graph.user", "id": "direct"},
        {"@groupId": GROUP, "@direct": False, "@odata.type": "#microsoft.graph.user", "id": "nested"},
    ]


def test_groups_of_exchanges_policies_are_read_too(tmp_path: Path) -> None:
    other = "99999999-9999-4999-8999-999999999999"
    graph = FakeGraph(answers())
    graph.answers[f"/groups/{other}"] = {"id": other, "displayName": "Everybody", "mail": None}
    graph.answers[f"/groups/{other}/members"] = graph.answers[f"/groups/{other}/transitiveMembers"] = []
    raw = encode("x.json", export("Get-ApplicationAccessPolicy", policy(group=other)))
    collected(graph, job(tmp_path / "s", exchange={"Get-ApplicationAccessPolicy.json": raw}))
    assert {row["id"] for row in rows(tmp_path / "s" / "groups.jsonl")} == {GROUP, other}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 501])
def test_a_refusal_is_written_down_and_no_pass(tmp_path: Path, status: int) -> None:
    graph = FakeGraph(answers())
    graph.answers["/oauth2PermissionGrants"] = refusal(
        status, "Authorization_RequestDenied", "Insufficient privileges."
    )
    outcome = collected(graph, job(tmp_path / "s"))
    (gap,) = outcome.manifest.not_read
    assert (gap.file, gap.status, gap.needs) == ("oauth2PermissionGrants.jsonl", status, "Directory.Read.All")
    assert f"HTTP {status}" in gap.why
    assert "oauth2PermissionGrants.jsonl" not in outcome.manifest.files
    assert not (tmp_path / "s" / "oauth2PermissionGrants.jsonl").exists()
    report = run(open_snapshot(tmp_path / "s"), Options(as_of=as_of(AS_OF)))
    found = {finding.check: finding for finding in report.findings}
    assert found["permission-excess"].verdict == "unknown"
    assert f"HTTP {status}" in found["permission-excess"].fact
    assert report.missing[0].file == "oauth2PermissionGrants.jsonl"


@pytest.mark.parametrize(
    ("path", "file"), [("/users", "users.jsonl"), ("/servicePrincipals", "servicePrincipals.jsonl")]
)
def test_an_empty_answer_is_no_truth(tmp_path: Path, path: str, file: str) -> None:
    graph = FakeGraph(answers())
    graph.answers[path] = []
    graph.answers[f"/servicePrincipals(appId='{APP}')"] = None
    outcome = collected(graph, job(tmp_path / "s"))
    assert file in {gap.file for gap in outcome.manifest.not_read}
    assert file not in outcome.manifest.files
    assert not (tmp_path / "s" / file).exists()


@pytest.mark.parametrize("status", [0, 429, 500, 503])
def test_what_may_pass_is_tried_again_and_the_rest_is_kept(tmp_path: Path, status: int) -> None:
    graph = FakeGraph(answers())
    graph.answers["/users"] = refusal(status)
    with pytest.raises(PartlyDone, match="1 of") as error:
        collected(graph, job(tmp_path / "s"))
    assert error.value.exit_code == 4
    again = FakeGraph(answers())
    outcome = collected(again, job(tmp_path / "s"))
    assert outcome.manifest.not_read == ()
    assert [path for path in again.asked if path != "/organization"] == ["/users"]
    assert open_snapshot(tmp_path / "s").doubts == ()


def test_accepting_gaps_finishes_anyway(tmp_path: Path) -> None:
    graph = FakeGraph(answers())
    graph.answers["/users"] = refusal(503)
    outcome = collected(graph, job(tmp_path / "s", accept_gaps=True))
    assert [gap.file for gap in outcome.manifest.not_read] == ["users.jsonl"]
    assert open_snapshot(tmp_path / "s").why_missing("users.jsonl")


def interrupted(tmp_path: Path) -> None:
    graph = FakeGraph(answers())
    graph.answers["/users"] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        collected(graph, job(tmp_path / "s"))


def test_an_interrupted_run_goes_on(tmp_path: Path) -> None:
    interrupted(tmp_path)
    assert (tmp_path / "s" / "collecting.json").exists()
    with pytest.raises(Exception, match=r"manifest\.json"):
        open_snapshot(tmp_path / "s")
    graph = FakeGraph(answers())
    collected(graph, job(tmp_path / "s"))
    assert "/applications" not in graph.asked
    assert not list((tmp_path / "s").rglob("*.part"))
    assert open_snapshot(tmp_path / "s").doubts == ()


def test_a_finished_file_that_was_changed_is_read_again(tmp_path: Path) -> None:
    interrupted(tmp_path)
    (tmp_path / "s" / "applications.jsonl").write_text("{}\n", encoding="utf-8")
    graph = FakeGraph(answers())
    collected(graph, job(tmp_path / "s"))
    assert "/applications" in graph.asked
    assert "/servicePrincipals" not in graph.asked


def test_what_is_a_day_old_is_read_again(tmp_path: Path) -> None:
    interrupted(tmp_path)
    graph = FakeGraph(answers())
    asyncio.run(graph.clock.sleep(25 * 3600))
    outcome = collected(graph, job(tmp_path / "s"))
    assert "/applications" in graph.asked
    assert outcome.manifest.started == "2026-11-21T13:00:00Z"


def test_evidence_is_never_overwritten(tmp_path: Path) -> None:
    collected(FakeGraph(answers()), job(tmp_path / "s"))
    with pytest.raises(UsageError, match="is a finished snapshot"):
        collected(FakeGraph(answers()), job(tmp_path / "s"))
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="holds other files"):
        collected(FakeGraph(answers()), job(tmp_path / "other"))
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="is a file"):
        collected(FakeGraph(answers()), job(tmp_path / "file"))
    assert (tmp_path / "other" / "thesis.txt").read_text(encoding="utf-8") == "mine"


def test_an_unfinished_snapshot_of_another_tenant_is_left_alone(tmp_path: Path) -> None:
    interrupted(tmp_path)
    other = "12121212-1212-4212-8212-121212121212"
    graph = FakeGraph(answers())
    graph.token["tid"] = other
    wanted = job(tmp_path / "s", tenant=TenantNote(name="b", id=other), integrations=())
    with pytest.raises(UsageError, match="of tenant 1111"):
        collected(graph, wanted)


@pytest.mark.parametrize("tenant", [TENANT, ""])
def test_a_sign_in_to_another_tenant_reads_nothing(tmp_path: Path, tenant: str) -> None:
    graph = FakeGraph(answers())
    graph.token["tid"] = "12121212-1212-4212-8212-121212121212"
    with pytest.raises(GuardRefused, match="12121212"):
        collected(graph, job(tmp_path / "s", tenant=TenantNote(name="contoso", id=tenant)))
    assert graph.asked == []
    assert not (tmp_path / "s").exists()


def test_a_zip_is_the_same_evidence(tmp_path: Path) -> None:
    outcome = collected(FakeGraph(answers()), job(tmp_path / "s.zip"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["s.zip"]
    assert open_snapshot(tmp_path / "s.zip").sha256 == outcome.sha256
    collected(FakeGraph(answers()), job(tmp_path / "again.zip"))
    assert (tmp_path / "again.zip").read_bytes() == (tmp_path / "s.zip").read_bytes()
    with pytest.raises(UsageError, match="exists already"):
        collected(FakeGraph(answers()), job(tmp_path / "s.zip"))


def test_an_integration_without_a_file_is_a_gap(tmp_path: Path) -> None:
    wanted = job(tmp_path / "s", integrations=(Integrated(name="contoso/new", file=None),))
    (gap,) = collected(FakeGraph(answers()), wanted).manifest.not_read
    assert gap.file == "integrations/contoso/new.json"


def fresh() -> Any:
    raw = json.dumps(integration(emitted="2026-11-20T11:59:00Z")).encode()
    return (Integrated(name="contoso/telia", file=integrations.parse(raw, Path("telia.json")), raw=raw),)


def test_right_after_apply_a_lagging_replica_is_waited_out(tmp_path: Path) -> None:
    stale = changed(lambda f: f["applications.jsonl"][0].update(passwordCredentials=[]))["applications.jsonl"][0]
    graph = FakeGraph(answers())
    graph.answers[f"/applications(appId='{APP}')"] = in_turn(None, stale, clean()["applications.jsonl"][0])
    path = f"/servicePrincipals/{PRINCIPAL}/appRoleAssignments"
    graph.answers[path] = in_turn([], graph.answers[path][:1], graph.answers[path])
    collected(graph, job(tmp_path / "s", integrations=fresh()))
    (row,) = rows(tmp_path / "s" / "applications.jsonl")
    assert [entry["keyId"] for entry in row["passwordCredentials"]] == [SECRET]
    assert len(rows(tmp_path / "s" / "appRoleAssignments.jsonl")) == 2
    assert graph.clock.slept == [5, 10, 5, 10]


def test_right_after_apply_what_was_removed_may_still_show(tmp_path: Path) -> None:
    now = clean()["applications.jsonl"][0]
    before = now | {"passwordCredentials": [secret(), secret("removed-a-moment-ago")]}
    graph = FakeGraph(answers())
    graph.answers[f"/applications(appId='{APP}')"] = in_turn(before, now)
    graph.answers[f"/servicePrincipals/{PRINCIPAL}/oauth2PermissionGrants"] = in_turn([grant("User.Read")], [])
    collected(graph, job(tmp_path / "s", integrations=fresh()))
    assert b"removed-a-moment-ago" not in (tmp_path / "s" / "applications.jsonl").read_bytes()
    assert rows(tmp_path / "s" / "oauth2PermissionGrants.jsonl") == []


def test_what_stays_missing_is_believed(tmp_path: Path) -> None:
    graph = FakeGraph(answers())
    path = f"/servicePrincipals/{PRINCIPAL}/appRoleAssignments"
    graph.answers[path] = []
    collected(graph, job(tmp_path / "s", integrations=fresh()))
    assert sum(graph.clock.slept) < 180
    waits = len(graph.clock.slept)
    graph = FakeGraph(graph.answers)
    collected(graph, job(tmp_path / "later"))  # emitted weeks ago: one read is enough
    assert waits
    assert graph.clock.slept == []


def test_an_app_that_is_gone_is_evidence_too(tmp_path: Path) -> None:
    graph = FakeGraph(answers())
    graph.answers |= {
        f"/applications(appId='{APP}')": None,
        f"/applications/{integration()['app']['objectId']}": None,
        f"/servicePrincipals(appId='{APP}')": None,
        f"/servicePrincipals/{PRINCIPAL}": None,
        "/applications": [],
        "/servicePrincipals": clean()["servicePrincipals.jsonl"][1:],
    }
    assert collected(graph, job(tmp_path / "s")).manifest.not_read == ()
    report = run(open_snapshot(tmp_path / "s"), Options(as_of=as_of(AS_OF)))
    found = {finding.check: finding for finding in report.findings}
    assert found["permission-missing"].verdict == "fail"
    assert "is not in the tenant" in found["permission-missing"].fact


def test_rows_laid_out_over_lines_become_lines(tmp_path: Path) -> None:
    graph = FakeGraph(answers())
    graph.answers["/users"] = [{"id": "a", "userPrincipalName": "x\ny@contoso.com"}]
    collected(graph, job(tmp_path / "s"))
    assert rows(tmp_path / "s" / "users.jsonl")[0]["id"] == "a"


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[str, int]] = []
    graph = FakeGraph(answers())
    graph.answers["/users"] = [{"id": str(number)} for number in range(1200)]
    collected(graph, job(tmp_path / "s", tell=lambda file, count: told.append((file, count))))
    assert [count for file, count in told if file == "users.jsonl"] == [0, 500, 1000]

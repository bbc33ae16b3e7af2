"""Waivers: what they cover, what they do not, and what is said about them."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from audit.checks import CHECKS
from audit.finding import Finding, Verdict
from audit.options import Options
from audit.run import chosen, run
from audit.snapshot import open_snapshot
from audit.times import as_of
from audit.waivers import Waiver, load
from tenantry.errors import ConfigurationError
from tests.audit.evidence import APP_OBJECT, Files, changed, clean, role, secret, write

IDS = [check.id for check in CHECKS]
OTHER = "66666666-6666-4666-8666-66666666666a"


def waiver(check: str = "permission-excess", expires: date = date(2027, 1, 31), **more: Any) -> Waiver:
    given: dict[str, Any] = {"object": APP_OBJECT, "reason": "agreed", "owner": "eva@contoso.com"}
    given |= {"items": frozenset(), "file": "waivers.toml"} | more
    return Waiver(check=check, expires=expires, **given)


def judged(
    folder: Path, files: Files, *waivers: Waiver, checks: str = "permission-excess", day: str = "2026-11-21"
) -> Any:
    snapshot = open_snapshot(write(folder, files))
    report = run(snapshot, Options(as_of=as_of(day)), checks=chosen(checks.split(",")), waivers=waivers)
    return {finding.check: finding for finding in report.findings}


def mail(files: Files) -> None:
    files["appRoleAssignments.jsonl"].append(role("Mail.Read", 3))


def test_an_accepted_finding_is_waived_and_says_by_whom(tmp_path: Path) -> None:
    finding: Finding = judged(tmp_path, changed(mail), waiver())["permission-excess"]
    assert finding.verdict is Verdict.WAIVED
    assert finding.waiver is not None
    assert (finding.waiver.owner, finding.waiver.reason, finding.waiver.expires) == (
        "eva@contoso.com",
        "agreed",
        "2027-01-31",
    )


@pytest.mark.parametrize(("day", "verdict"), [("2027-01-31", "waived"), ("2027-02-01", "fail")])
def test_it_holds_through_its_last_day(tmp_path: Path, day: str, verdict: str) -> None:
    found = judged(tmp_path, changed(mail), waiver(), day=day)
    assert found["permission-excess"].verdict == verdict
    assert ("waiver-expired" in found) is (verdict == "fail")


def test_an_expired_waiver_is_a_finding(tmp_path: Path) -> None:
    found = judged(tmp_path, changed(mail), waiver(expires=date(2026, 11, 20)))
    assert found["waiver-expired"].verdict == "fail"
    assert "expired on 2026-11-20" in found["waiver-expired"].fact
    assert found["waiver-expired"].severity == "medium"


def test_an_unused_waiver_is_a_finding(tmp_path: Path) -> None:
    found = judged(tmp_path, clean(), waiver())
    assert found["permission-excess"].verdict == "pass"
    assert "covers no finding any more" in found["waiver-unused"].fact


def test_a_waiver_of_another_object_covers_nothing(tmp_path: Path) -> None:
    found = judged(tmp_path, changed(mail), waiver(object="somebody-else"))
    assert found["permission-excess"].verdict == "fail"
    assert "waiver-unused" in found


def test_items_hold_it_to_what_was_accepted(tmp_path: Path) -> None:
    accepted = waiver("credential-unknown", items=frozenset({OTHER}))

    def one_more(files: Files) -> None:
        files["applications.jsonl"][0]["passwordCredentials"].append(secret(OTHER))

    def and_another(files: Files) -> None:
        files["applications.jsonl"][0]["passwordCredentials"].append(secret("99999999-9999-4999-8999-999999999999"))

    found = judged(tmp_path / "a", changed(one_more), accepted, checks="credential-unknown")
    assert found["credential-unknown"].verdict == "waived"
    found = judged(tmp_path / "b", changed(one_more, and_another), accepted, checks="credential-unknown")
    assert found["credential-unknown"].verdict == "fail"
    assert "is also about 99999999" in found["waiver-unused"].fact


def test_waivers_of_checks_that_do_not_run_are_left_alone(tmp_path: Path) -> None:
    assert set(judged(tmp_path, clean(), waiver(), checks="app-without-owner")) == {"app-without-owner"}


def test_an_unknown_can_be_accepted(tmp_path: Path) -> None:
    files = changed(lambda f: f.pop("exchange/Get-ApplicationAccessPolicy.json"))
    found = judged(tmp_path, files, waiver("calendar-tenant-wide"), checks="calendar-tenant-wide")
    assert found["calendar-tenant-wide"].verdict == "waived"


GOOD = """
[[waiver]]
check = "credential-unknown"
object = "33333333"
items = ["a", "b"]
reason = "moving"
owner = "eva@contoso.com"
ticket = "CHG-1"
expires = 2027-01-31

[[waiver]]
check = "permission-excess"
object = "33333333"
reason = "moving"
owner = "eva@contoso.com"
expires = "2027-01-31"
"""


def test_load(tmp_path: Path) -> None:
    (tmp_path / "waivers.toml").write_text(GOOD, encoding="utf-8")
    first, second = load(tmp_path / "waivers.toml", IDS)
    assert first.items == {"a", "b"}
    assert first.expires == second.expires == date(2027, 1, 31)


def test_every_problem_is_told_with_its_line(tmp_path: Path) -> None:
    bad = GOOD.replace("permission-excess", "permission-exces").replace('expires = "2027-01-31"', 'expires = "soon"')
    bad = bad.replace('reason = "moving"\nowner = "eva@contoso.com"\nticket', 'owner = "eva@contoso.com"\ntickt')
    (tmp_path / "waivers.toml").write_text(bad, encoding="utf-8")
    with pytest.raises(ConfigurationError) as error:
        load(tmp_path / "waivers.toml", IDS)
    told = "\n".join(str(problem) for problem in error.value.problems)
    assert "waivers.toml:7" in told
    for word in ("reason", "tickt", "ticket", "permission-excess", "is no date"):
        assert word in told


def test_one_object_is_waived_once(tmp_path: Path) -> None:
    (tmp_path / "waivers.toml").write_text(GOOD.replace("permission-excess", "credential-unknown"), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="waived above already"):
        load(tmp_path / "waivers.toml", IDS)

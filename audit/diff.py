"""What changed between two audits, on the stable key of findings: new, fixed, changed, same. Never by text alone."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from audit.finding import Finding, Severity, Verdict
from tenantry.errors import UsageError

Kind = Literal["new", "fixed", "changed", "same", "gone"]

_BADNESS = {
    Verdict.PASS: 0,
    Verdict.WAIVED: 0,
    Verdict.CONDITIONAL: 1,
    Verdict.UNKNOWN: 2,
    Verdict.FAIL: 3,
}


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is compared of a finding."""

    check: str
    object_id: str
    name: str
    verdict: Verdict
    severity: Severity
    fact: str


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One finding then and now. `before` and `after` are verdicts, None where there was no such finding."""

    kind: Kind
    check: str
    object: str
    name: str
    before: str | None
    after: str | None
    worse: bool
    fact: str


class _Report(msgspec.Struct):
    findings: list[Finding]


def findings_of(path: Path) -> list[Known]:
    """The findings of a report (`audit run -o json`), or of a snapshot judged as of when it was collected.

    Raises:
        UsageError: It is neither.
    """
    if path.is_file() and path.suffix.lower() == ".json":
        try:
            findings = msgspec.json.decode(path.read_bytes().removeprefix(b"\xef\xbb\xbf"), type=_Report).findings
        except msgspec.DecodeError as error:
            fix = "Make one with `audit run -o json`."
            raise UsageError(f"{path} is no audit report ({error}).", fix=fix) from error
    else:
        findings = _judged(path)
    return [
        Known(
            check=finding.check,
            object_id=finding.object.id,
            name=finding.object.name,
            verdict=finding.verdict,
            severity=finding.severity,
            fact=finding.fact,
        )
        for finding in findings
    ]


def _judged(path: Path) -> list[Finding]:
    from audit.options import Options
    from audit.run import run
    from audit.snapshot import open_snapshot
    from audit.times import moment

    snapshot = open_snapshot(path)
    collected = moment(snapshot.collected)
    if collected is None:
        raise UsageError(f"{path} does not say when it was collected.", fix="Compare its report instead.")
    return list(run(snapshot, Options(as_of=collected)).findings)


def compare(old: Iterable[Known], new: Iterable[Known]) -> list[Change]:
    """Every finding of either, sorted by check and object."""
    before = {(known.check, known.object_id): known for known in old}
    after = {(known.check, known.object_id): known for known in new}
    return [_change(key, before, after) for key in sorted(before.keys() | after.keys())]


def _change(key: tuple[str, str], old: Mapping[tuple[str, str], Known], new: Mapping[tuple[str, str], Known]) -> Change:
    then, now = old.get(key), new.get(key)
    shown = now or then
    assert shown is not None
    was, is_ = _badness(then), _badness(now)
    return Change(
        kind=_kind(then, now),
        check=key[0],
        object=key[1],
        name=shown.name,
        before=str(then.verdict) if then else None,
        after=str(now.verdict) if now else None,
        worse=is_ > was,
        fact=shown.fact,
    )


def _badness(known: Known | None) -> tuple[int, int]:
    """How bad it is: the verdict first, then the severity where it is open."""
    level = _BADNESS[known.verdict] if known else 0
    return level, known.severity.rank if known and level else 0


def _kind(then: Known | None, now: Known | None) -> Kind:
    was, is_ = _badness(then)[0] > 0, _badness(now)[0] > 0
    if is_ and not was:
        return "new"
    if was and not is_:
        return "fixed"
    if then is None or now is None:
        return "gone" if now is None else "same"
    alike = (then.verdict, then.severity, then.fact if was else "") == (
        now.verdict,
        now.severity,
        now.fact if is_ else "",
    )
    return "same" if alike else "changed"

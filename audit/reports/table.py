"""The report for a terminal: one line a finding, then the chain and what needs doing."""

import re
from collections.abc import Iterator

from audit.finding import Finding, Verdict
from audit.report import Report
from audit.reports.order import GROUPS, by_severity

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_MARKS = {True: "ok", False: "BROKEN", None: "?"}


def render(report: Report) -> str:
    """Plain text without colours, so that it reads the same in a log."""
    return "\n".join(_lines(report)) + "\n"


def text(value: str) -> str:
    """The value on one line; a name cannot move the cursor or turn the text round."""
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", value)


def _lines(report: Report) -> Iterator[str]:
    from tabulate import tabulate

    tenant = text(report.snapshot.tenant) or "id unknown"
    yield f"Audit of {text(report.snapshot.title)} ({tenant}), as of {report.as_of}"
    yield from (f"UNVERIFIED: the snapshot {text(doubt)}" for doubt in report.unverified)
    ordered = [f for verdict, _ in GROUPS for f in by_severity(f for f in report.findings if f.verdict is verdict)]
    ordered += [finding for finding in report.findings if finding.verdict is Verdict.PASS]
    rows = [(f.verdict, _severity(f), f.check, text(f.object.name)) for f in ordered]
    if rows:
        yield ""
        yield tabulate(rows, headers=("verdict", "severity", "check", "object"), disable_numparse=True)
    for finding in ordered:
        if finding.verdict is not Verdict.PASS:
            yield from _told(finding)
    for chain in report.integrations:
        yield f"\nThe chain of {text(chain.name)}"
        yield from (f"  {link.link:<11} {_MARKS[link.ok]:<7} {text(link.fact)}" for link in chain.links)
    for gap in report.missing:
        yield f"\nNot read: {gap.file} ({text(gap.why)})"
    yield "\n" + ", ".join(f"{number} {verdict}" for verdict, number in report.counts.items())


def _severity(finding: Finding) -> str:
    return "" if finding.verdict is Verdict.PASS else str(finding.severity)


def _told(finding: Finding) -> Iterator[str]:
    yield f"\n{finding.check}, {text(finding.object.name)}: {text(finding.fact)}"
    if finding.waiver:
        by = f"{text(finding.waiver.owner)} until {finding.waiver.expires}"
        yield f"  accepted by {by}: {text(finding.waiver.reason)}"
    elif finding.remediation:
        yield f"  {text(finding.remediation)}"

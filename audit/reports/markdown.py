"""The report as Markdown, for a wiki or a ticket. Names from the tenant are escaped: they are text, never markup."""

import re
from collections.abc import Iterator

from audit.finding import Finding, Verdict
from audit.report import Report
from audit.reports.order import GROUPS, by_severity

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


def render(report: Report) -> str:
    """Counts, the chain, the findings by verdict, the passes in one table."""
    return "\n".join(_lines(report)) + "\n"


def text(value: str) -> str:
    """The value as one line of plain text in Markdown."""
    return _SPECIAL.sub(r"\\\1", _CONTROL.sub(" ", value))


def _lines(report: Report) -> Iterator[str]:
    yield f"# Audit of {text(report.snapshot.title)}"
    yield ""
    yield f"Tenant `{text(report.snapshot.tenant) or 'unknown'}`."
    yield f"As of {report.as_of}, evidence collected {text(report.snapshot.collected) or 'at an unknown time'}."
    yield f"Snapshot SHA-256 `{report.snapshot.sha256}`."
    yield ""
    for doubt in report.unverified:
        yield f"**Unverified evidence:** the snapshot {text(doubt)}"
        yield ""
    yield " · ".join(f"{number} {verdict}" for verdict, number in report.counts.items())
    yield from _chains(report)
    for verdict, heading in GROUPS:
        yield from _group(heading, [f for f in report.findings if f.verdict is verdict])
    yield from _passes([finding for finding in report.findings if finding.verdict is Verdict.PASS])
    if report.missing:
        yield from ("", "## What could not be read", "")
        yield from (f"- `{gap.file}`: {text(gap.why)}" for gap in report.missing)


def _chains(report: Report) -> Iterator[str]:
    for chain in report.integrations:
        yield from (
            "",
            f"## The chain: {text(chain.name)}",
            "",
            "| link | holds | what we saw |",
            "| --- | --- | --- |",
        )
        for link in chain.links:
            holds = {True: "yes", False: "**no**", None: "unknown"}[link.ok]
            yield f"| {link.link} | {holds} | {text(link.fact)} {_commands(link.fix)} |"


def _group(heading: str, findings: list[Finding]) -> Iterator[str]:
    if findings:
        yield from ("", f"## {heading}")
    for finding in by_severity(findings):
        yield from ("", f"### {finding.check} ({finding.severity}): {text(finding.object.name)}", "")
        yield text(finding.fact)
        yield ""
        yield f"- Object: {finding.object.type} `{text(finding.object.id)}`"
        yield f"- Evidence: {', '.join(f'`{p.file}` {text(p.id)}'.strip() for p in finding.evidence)}"
        if finding.waiver:
            until = finding.waiver.expires
            yield f"- Accepted by {text(finding.waiver.owner)} until {until}: {text(finding.waiver.reason)}"
        if finding.remediation:
            yield f"- What to do: {_commands(finding.remediation)}"
        if finding.references:
            yield f"- Read more: {', '.join(f'<{reference}>' for reference in finding.references)}"
        if finding.frameworks:
            named = (f"{name} {', '.join(ids)}" for name, ids in finding.frameworks.items())
            yield f"- Frameworks: {text('; '.join(named))}"


def _passes(findings: list[Finding]) -> Iterator[str]:
    if findings:
        yield from ("", "## Passed", "", "| check | object | what we saw |", "| --- | --- | --- |")
    for finding in findings:
        yield f"| {finding.check} | {text(finding.object.name)} | {text(finding.fact)} |"


def _commands(sentence: str) -> str:
    """Escaped, except that our own `commands` stay code."""
    parts = sentence.split("`")
    return "".join(f"`{_CONTROL.sub(' ', part)}`" if i % 2 else text(part) for i, part in enumerate(parts))

"""In which order a reader meets the findings: what failed first, the gravest first, settled things last."""

from collections.abc import Iterable

from audit.finding import Finding, Verdict

GROUPS: tuple[tuple[Verdict, str], ...] = (
    (Verdict.FAIL, "Failed"),
    (Verdict.UNKNOWN, "Unknown: the evidence is missing"),
    (Verdict.CONDITIONAL, "Conditional: holds only under a condition"),
    (Verdict.WAIVED, "Waived: accepted by someone, with a reason"),
)


def by_severity(findings: Iterable[Finding]) -> list[Finding]:
    """The gravest first; within one severity as they came."""
    return sorted(findings, key=lambda finding: -finding.severity.rank)

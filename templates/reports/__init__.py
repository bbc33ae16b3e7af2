"""Reports to be read by people. They lay out what the tools found; they judge nothing.

`audit_html` takes the object that `audit run -o json` prints, with optional parts beside it (see `AuditReport`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from templates import render

SEVERITIES = ("critical", "high", "medium", "low")
VERDICTS = ("fail", "conditional", "unknown", "waived", "pass")

_HEADINGS = {
    "fail": "Failed",
    "conditional": "Conditional: holds only under a condition",
    "unknown": "Unknown: the evidence is missing",
    "waived": "Waived: accepted by someone, with a reason",
}
_WORDS = {"pass": "passed", "fail": "failed", "conditional": "conditional", "unknown": "unknown", "waived": "waived"}


def audit_html(report: Mapping[str, Any]) -> str:
    """One self-contained page: verdict, chain, findings by severity, passes, evidence. Same input, same bytes.

    Args:
        report: `audit run -o json` (`docs/reference/schemas/audit.json`): tool, version, asOf, snapshot, counts,
            findings. Optional beside these: `title`, `summary`, `scope`, `unverified` (why the evidence proves
            nothing), `integrations` ({name, profile, app, links} as `provision verify` gives them), `evidence`
            ({file, rows, sha256}), `missing` ({file, why}); per finding `title`, `risk`, `command`, `waiver`.
    """
    findings = [dict(finding) for finding in report["findings"]]
    counts = {verdict: int(report["counts"].get(verdict, 0)) for verdict in VERDICTS}
    return render(
        "reports/audit.html",
        report=report,
        snapshot=report["snapshot"],
        counts=counts,
        tiles=[(_WORDS[verdict], counts[verdict], _tone(verdict) if counts[verdict] else "") for verdict in VERDICTS],
        verdict=_verdict(counts),
        groups=[(_HEADINGS[verdict], _sorted(findings, verdict)) for verdict in _HEADINGS],
        doubts=_doubts(report.get("unverified")),
        passes=_sorted(findings, "pass"),
        tone=_tone,
    )


def _sorted(findings: Sequence[dict[str, Any]], verdict: str) -> list[dict[str, Any]]:
    """The findings with that verdict, the gravest first, then in the order the audit gave them."""
    chosen = [finding for finding in findings if finding["verdict"] == verdict]
    return sorted(chosen, key=lambda finding: SEVERITIES.index(finding["severity"]))


def _doubts(unverified: bool | Sequence[str] | None) -> list[str]:
    """Why the evidence proves nothing; empty where it does."""
    if unverified is True:
        return ["The snapshot has no manifest."]
    return list(unverified or ())


def _verdict(counts: Mapping[str, int]) -> tuple[str, str]:
    """The page's one line and its tone. Unknown never reads as pass, and nothing checked is no pass either."""
    open_ones = [verdict for verdict in ("fail", "conditional", "unknown") if counts[verdict]]
    if open_ones:
        return ", ".join(f"{counts[verdict]} {_WORDS[verdict]}" for verdict in open_ones), _tone(open_ones[0])
    if counts["pass"]:
        return "All passed" if not counts["waived"] else "All passed or waived", "good"
    return "Nothing was checked", "medium"


def _tone(word: str) -> str:
    """The colour class of a verdict or severity."""
    tones = {"fail": "critical", "conditional": "medium", "unknown": "medium", "pass": "good"}
    return tones.get(word, word if word in SEVERITIES else "")

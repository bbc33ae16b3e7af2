"""The findings as CSV, a line each. Names come from the tenant, so no cell may run as a spreadsheet formula."""

import csv
import io
import re
from collections.abc import Iterable

from audit.finding import Finding
from audit.report import Report

COLUMNS = (
    "check",
    "verdict",
    "severity",
    "object_type",
    "object_id",
    "object_name",
    "integration",
    "fact",
    "items",
    "remediation",
    "evidence",
    "references",
    "frameworks",
    "waiver",
)
_FORMULA = re.compile(r"\s*[=+\-@|%\t\r\n\uff1d\uff0b\uff0d\uff20]")  # the wide forms too: Excel folds them
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def render(report: Report) -> str:
    """RFC 4180 with CRLF; the verdict on the evidence itself is in the JSON and HTML reports."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(COLUMNS)
    writer.writerows([_safe(cell) for cell in _cells(finding)] for finding in report.findings)
    return target.getvalue()


def _cells(finding: Finding) -> Iterable[str]:
    frameworks = (f"{name} {', '.join(ids)}" for name, ids in finding.frameworks.items())
    waiver = finding.waiver
    return (
        finding.check,
        str(finding.verdict),
        str(finding.severity),
        finding.object.type,
        finding.object.id,
        finding.object.name,
        finding.integration or "",
        finding.fact,
        "; ".join(finding.items),
        finding.remediation,
        "; ".join(f"{pointer.file} {pointer.id}".strip() for pointer in finding.evidence),
        " ".join(finding.references),
        "; ".join(frameworks),
        f"{waiver.owner}, until {waiver.expires}: {waiver.reason}" if waiver else "",
    )


def _safe(cell: str) -> str:
    """The cell as text: an apostrophe keeps a spreadsheet from taking it as a formula."""
    shown = _CONTROL.sub("", cell)
    return f"'{shown}" if _FORMULA.match(shown) else shown

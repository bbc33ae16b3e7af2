"""The report as one HTML page to keep or to print; the layout is `templates/reports/audit.html.jinja`."""

from audit.checks import CHECKS
from audit.report import Report
from audit.reports.json import data


def render(report: Report) -> str:
    """A self-contained page, the same bytes for the same report."""
    from templates.reports import audit_html

    known = {check.id: check for check in CHECKS}
    page = data(report) | {"title": f"Audit of {report.snapshot.title}"}
    for finding in page["findings"]:
        if check := known.get(finding["check"]):
            finding |= {"title": check.title, "risk": check.risk}
    return audit_html(page)

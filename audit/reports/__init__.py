"""Report formats, one module each: a function from the finished audit to text. To add one: `docs/recipes/report.md`."""

from collections.abc import Callable, Mapping

from audit.report import Report
from audit.reports import csv, html, json, markdown, table

FORMATS: Mapping[str, Callable[[Report], str]] = {
    "table": table.render,
    "json": json.render,
    "csv": csv.render,
    "md": markdown.render,
    "html": html.render,
}

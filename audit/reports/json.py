"""The report as JSON: the contract that scripts rely on (`docs/reference/schemas/audit.json`)."""

import json
from typing import Any

import msgspec

from audit.report import Report


def data(report: Report) -> dict[str, Any]:
    """The report as plain values, keys in their settled order."""
    plain: dict[str, Any] = msgspec.to_builtins(report)
    return plain


def render(report: Report) -> str:
    """Indented JSON, the same bytes for the same report."""
    return json.dumps(data(report), indent=2, ensure_ascii=False) + "\n"

"""Answers as a table, JSON, CSV or Markdown. Untrusted names reach a terminal or a spreadsheet harmless."""

import csv
import io
import json
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from typing import Any

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_FORMULA = re.compile(r"^(?:[=@\t\r]|[+-](?![\d.]))")


def render(output: str, rows: Sequence[Mapping[str, object]], columns: Sequence[str] | None, data: object) -> str:
    """The answer as text with a line end; `data` is what JSON shows, `rows` what the others do."""
    if output == "json":
        return _json(data) + "\n"
    names = list(columns if columns is not None else (rows[0] if rows else ()))
    cells = [[_text(row.get(name)) for name in names] for row in rows]
    if output == "csv":
        return _csv(names, cells)
    return _table(names, cells, "pipe" if output == "md" else "simple")


def visible(text: str) -> str:
    """Control and text-direction characters written as escapes, so that a name cannot repaint the terminal."""
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _json(data: object) -> str:
    """Indented JSON. In a pipe on Windows it is plain ASCII, which PowerShell reads right in every code page."""
    import msgspec

    text = msgspec.json.format(msgspec.json.encode(data, enc_hook=_plain), indent=2).decode()
    if sys.platform == "win32" and not sys.stdout.isatty():
        return json.dumps(json.loads(text), indent=2)
    return text


def _plain(value: Any) -> Any:
    """Secrets as stars, and paths and their like as text."""
    return str(value)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(_text(item) for item in value)
    return str(value)


def _csv(names: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
    """RFC 4180 with `\\n`; a cell that a spreadsheet would run as a formula gets an apostrophe in front."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([f"'{cell}" if _FORMULA.match(cell) else cell for cell in row] for row in cells)
    return target.getvalue()


def _table(names: Sequence[str], cells: Sequence[Sequence[str]], style: str) -> str:
    from tabulate import tabulate

    if not cells and style == "simple":
        return "(nothing)\n"
    shown = [[visible(cell).replace("|", "\\|") if style == "pipe" else visible(cell) for cell in row] for row in cells]
    widths = _fitting(names, shown) if style == "simple" and sys.stdout.isatty() else None
    return tabulate(shown, headers=list(names), tablefmt=style, disable_numparse=True, maxcolwidths=widths) + "\n"


def _fitting(names: Sequence[str], cells: Sequence[Sequence[str]]) -> list[int | None] | None:
    """On a terminal the widest columns are wrapped, so that the table fits; None where it fits as it is."""
    widths = [max(len(name), *(len(row[i]) for row in cells)) for i, name in enumerate(names)]
    room = shutil.get_terminal_size().columns - 2 * (len(names) - 1)
    if not widths or sum(widths) <= room:
        return None
    cap = next((cap for cap in range(max(widths), 12, -1) if sum(min(width, cap) for width in widths) <= room), 12)
    return [cap if width > cap else None for width in widths]

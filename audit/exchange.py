"""Exchange evidence: `exchange/<Cmdlet>.json` as the evidence script wrote it.

Windows PowerShell writes one item without a list around it, and several encodings; both are taken as they come.
"""

import codecs
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from tenantry.errors import UsageError

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class Item:
    """One object of an export. Property names are matched without case, as PowerShell does."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self._raw = {str(key).casefold(): value for key, value in raw.items()}

    def get(self, *names: str) -> Any:
        """The first of these properties that has a value."""
        for name in names:
            value = self._raw.get(name.casefold())
            if value not in (None, "", [], {}):
                return value
        return None

    def text(self, *names: str) -> str:
        """The same as text; empty where there is none."""
        value = self.get(*names)
        return "" if value is None else str(value)

    def texts(self, *names: str) -> tuple[str, ...]:
        """The values of all these properties, lists taken apart."""
        found: list[str] = []
        for name in names:
            value = self.get(name)
            if value is not None:
                found += [str(part) for part in (value if isinstance(value, list) else [value])]
        return tuple(found)


class EvidenceFile(msgspec.Struct, frozen=True, kw_only=True):
    """`exchange/<Cmdlet>.json` as the evidence script writes it: one call of a cmdlet, its rows as texts by column."""

    cmdlet: Annotated[str, Meta(description="Its name, e.g. Get-ApplicationAccessPolicy; the file is called so too.")]
    parameters: Annotated[dict[str, Any], Meta(description="Those that matter for what the rows are.")]
    collected: Annotated[str, Meta(description="RFC 3339, UTC: when the script began.")]
    items: Annotated[list[dict[str, str]], Meta(description="One object a row; a list in it has blanks between.")]


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """What one call of a cmdlet gave: `file` in the snapshot, `collected` RFC 3339 (or empty)."""

    file: str
    cmdlet: str
    collected: str
    items: tuple[Item, ...]
    parameters: dict[str, Any] = {}


def decode_text(raw: bytes) -> str:
    """The text of a file from PowerShell: UTF-8 with or without BOM, UTF-16 with or without BOM.

    Raises:
        UnicodeDecodeError: It is none of these.
    """
    for bom, encoding in _BOMS:
        if raw.startswith(bom):
            return raw[len(bom) :].decode(encoding)
    if raw[1:2] == b"\x00":  # JSON begins with an ASCII character, so a zero here means UTF-16LE
        return raw.decode("utf-16-le")
    return raw.decode("utf-8")


def decode_export(file: str, raw: bytes) -> Export:
    """Reads one export.

    Raises:
        UsageError: It is not JSON of the shape of an export; names the file.
    """
    try:
        data = msgspec.json.decode(decode_text(raw))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _bad(file, f"is not JSON ({error})") from error
    if not isinstance(data, dict) or "items" not in data:
        raise _bad(file, 'has no "items"')
    items = data["items"]
    rows = [] if items is None else items if isinstance(items, list) else [items]
    if not all(isinstance(row, dict) for row in rows):
        raise _bad(file, 'has an entry in "items" that is no object')
    stem = file.rsplit("/", 1)[-1].removesuffix(".json")
    parameters = data.get("parameters")
    return Export(
        file=file,
        cmdlet=str(data.get("cmdlet") or stem),
        collected=str(data.get("collected") or ""),
        items=tuple(Item(row) for row in rows),
        parameters=parameters if isinstance(parameters, dict) else {},
    )


def _bad(file: str, what: str) -> UsageError:
    return UsageError(
        f"{file} {what}.",
        fix='Exchange evidence is {"cmdlet", "parameters", "collected", "items"}; `tenantry scripts render evidence` '
        "makes the script that writes it.",
    )

"""CSV out and in."""

import math

from simulator.dialect.cmdlets.base import Plain, Use, cmdlet
from simulator.dialect.cmdlets.disk import path_of, utf8
from simulator.dialect.cmdlets.items import COMMANDS
from simulator.dialect.convert import text
from simulator.dialect.dates import Moment
from simulator.dialect.members.properties import Property
from simulator.dialect.refuse import Refused
from simulator.dialect.values import CUSTOM, Array, Hash, NetList, Obj, Value


def delimiter(use: Use) -> str:
    """The separator, a comma unless told."""
    made = text(use.get("Delimiter")) if use.has("Delimiter") else ","
    if len(made) != 1 or made == '"':
        raise Refused("")
    return made


def row_of(item: Value) -> Obj:
    """An object that a row is made of; an ordered table gives its pairs."""
    if isinstance(item, Hash) and item.ordered:
        made = Obj()
        for key, value in item.items():
            made.put(text(key), value)
        return made
    if not isinstance(item, Obj) or item.loose or item.type != CUSTOM or item.host is not None:
        raise Refused("")
    return item


def cell(value: Value) -> str:
    """A quoted cell; null is nothing at all."""
    if value is None:
        return ""
    if isinstance(value, Property | Array | NetList | Hash | Obj | Moment) or value in (math.inf, -math.inf):
        raise Refused("")  # text of a date is the culture's here
    return '"' + text(value).replace('"', '""') + '"'


def header(names: list[str], sign: str) -> str:
    """The first line."""
    return sign.join('"' + name.replace('"', '""') + '"' for name in names)


def line(item: Obj, names: list[str], sign: str) -> str:
    """One row's line; a missing property is nothing."""
    return sign.join(cell(item.get(name)) if name in item else "" for name in names)


@cmdlet("ConvertTo-Csv", "InputObject@0|", "Delimiter:string@1", "NoTypeInformation/NTI:switch")
def TO_CSV(use: Use) -> Plain:  # noqa: N802 (a cmdlet of the list)
    """ConvertTo-Csv"""
    names: list[str] = []
    sign = delimiter(use)

    def process(item: Value) -> None:
        row = row_of(item)
        if not names:
            names.extend(name for name, _ in row.items())
            if not names:
                raise Refused("")
            use.emit(header(names, sign))
        use.emit(line(row, names, sign))

    def end() -> None:
        if use.has("InputObject"):
            process(use.get("InputObject"))

    return Plain(process=process, end=end)


@cmdlet(
    "Export-Csv",
    "InputObject|",
    "LiteralPath:string",
    "Path:string@0",
    "Delimiter:string@1",
    "NoTypeInformation/NTI:switch",
    "Encoding:string",
    "Append:switch",
    "Force:switch",
    should_process=True,
)
def EXPORT_CSV(use: Use) -> Plain:  # noqa: N802
    """Export-Csv"""
    utf8(use)
    path, sign = path_of(use, "LiteralPath", "Path"), delimiter(use)
    files = use.frame.engine.files
    rows: list[Obj] = []

    def end() -> None:
        if use.has("InputObject"):
            rows.append(row_of(use.get("InputObject")))
        if use.what_if():
            return
        if not rows:
            raise Refused("")
        names = [name for name, _ in rows[0].items()]
        lines = [header(names, sign)]
        old = files.read(path) if use.flag("Append") and path.is_file() else ""
        if old:
            names = cells(old, sign)[0]
            lines = []
            for row in rows:
                if not use.flag("Force") and any(name not in row for name in names):
                    use.error(
                        f"CannotAppendCsvWithMismatchedPropertyNames,{COMMANDS}.ExportCsvCommand",
                        "System.InvalidOperationException",
                        None,
                        "InvalidData",
                    )
                    return
        lines += [line(row, names, sign) for row in rows]
        words = "".join(f"{one}\n" for one in lines)
        if old:
            files.append(path, words if old.endswith("\n") else refuse())
        else:
            files.write(path, words)

    return Plain(process=lambda item: rows.append(row_of(item)), end=end)


def refuse() -> str:
    """A file whose end is not settled."""
    raise Refused("")


def cells(words: str, sign: str) -> list[list[str]]:
    """The cells of each line; quotes may hold signs, line ends, and quotes doubled."""
    out: list[list[str]] = []
    row: list[str] = []
    at = 0
    while at < len(words):
        if words[at] == '"':
            value, at = in_quotes(words, at)
            after = words[at : at + 1]
            if after not in (sign, "\r", "\n", ""):
                raise Refused("")
        else:
            end = at
            while end < len(words) and words[end] not in (sign, "\r", "\n"):
                end += 1
            value = words[at:end]
            if '"' in value or value != value.strip():
                raise Refused("")
            at = end
        row.append(value)
        if words[at : at + 1] == sign:
            at += 1
            if at < len(words) and words[at] not in "\r\n":
                continue
            row.append("")
        if at < len(words):
            at += 2 if words.startswith("\r\n", at) else 1
        out.append(row)
        row = []
    return out


def in_quotes(words: str, at: int) -> tuple[str, int]:
    """(a quoted cell, where it ends)"""
    out: list[str] = []
    at += 1
    while at < len(words):
        if words[at] != '"':
            out.append(words[at])
        elif words[at + 1 : at + 2] == '"':
            out.append('"')
            at += 1
        else:
            return "".join(out), at + 1
        at += 1
    raise Refused("")


def objects(words: str, sign: str, names: list[str] | None) -> list[Obj]:
    """The rows of a text as objects; blank lines are passed over."""
    rows = [row for row in cells(words, sign) if row != [""]]
    if names is None:
        if not rows:
            return []
        names, rows = rows[0], rows[1:]
    folded = [n.upper() for n in names]
    if "" in folded or len(set(folded)) != len(folded) or words.startswith("#"):
        raise Refused("")
    made = []
    for row in rows:
        if len(row) != len(names):
            raise Refused("")
        made.append(Obj(dict(zip(names, row, strict=True))))
    return made


def given_names(use: Use) -> list[str] | None:
    """-Header"""
    given = use.get("Header")
    return None if given is None else [text(n) for n in given]


@cmdlet("ConvertFrom-Csv", "InputObject@0|", "Delimiter:string@1", "Header:string[]")
def FROM_CSV(use: Use) -> Plain:  # noqa: N802
    """ConvertFrom-Csv"""
    parts: list[str] = []

    def process(item: Value) -> None:
        if not isinstance(item, str):
            raise Refused("")
        parts.append(str(item))

    def end() -> None:
        given = use.get("InputObject")
        for item in given if isinstance(given, Array) else [given] if use.has("InputObject") else []:
            process(item)
        if any(part.count('"') % 2 for part in parts) or any("\n" in part for part in parts[:-1]):
            raise Refused("")
        for row in objects("\n".join(parts).removeprefix("\ufeff"), delimiter(use), given_names(use)):
            use.emit(row)

    return Plain(process=process, end=end)


@cmdlet("Import-Csv", "LiteralPath:string", "Path:string@0", "Delimiter:string@1", "Header:string[]", "Encoding:string")
def IMPORT_CSV(use: Use) -> Plain:  # noqa: N802
    """Import-Csv"""
    utf8(use)
    path = path_of(use, "LiteralPath", "Path")

    def end() -> None:
        for row in objects(use.frame.engine.files.read(path), delimiter(use), given_names(use)):
            use.emit(row)

    return Plain(end=end)

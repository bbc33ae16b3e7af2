"""PSScriptAnalyzer's rules about how a script is laid out: lines, braces, indentation, byte order mark."""

import re
from collections.abc import Iterator

from tests.templates.checks.source import BOM, Source, line

Lines = Iterator[int]
BLOCKS = ("statement_block", "script_block_expression", "function_statement")
STEP, WIDTH = 4, 120


def long_lines(source: Source) -> Lines:
    """AvoidLongLines."""
    yield from (number for number, shown in enumerate(source.lines, 1) if len(shown) > WIDTH)


def trailing(source: Source) -> Lines:
    """AvoidTrailingWhitespace."""
    yield from (number for number, shown in enumerate(source.lines, 1) if shown != shown.rstrip(" \t"))


def without_bom(source: Source) -> Lines:
    """UseBOMForUnicodeEncodedFile; it has no line."""
    if not source.raw.startswith(BOM) and not source.raw.isascii():
        yield 0


def semicolons(source: Source) -> Lines:
    """AvoidSemicolonsAsLineTerminators."""
    yield from (number for number, shown in enumerate(masked_lines(source), 1) if shown.rstrip().endswith(";"))


def masked_lines(source: Source) -> list[str]:
    """The lines of the masked text, comments blanked out."""
    code = source.scanned.masked
    for comment in source.scanned.comments:
        code = code.replace(comment, re.sub(r"[^\r\n]", " ", comment), 1)
    return re.split(r"\r\n|\n|\r", code)


def braces_placed(source: Source) -> Lines:
    """PlaceOpenBrace: on the line of what it belongs to, and a line break behind it, unless all is on one line."""
    shown, whole = masked_lines(source), re.split(r"\r\n|\n|\r", source.scanned.masked)
    for node in source.nodes(*BLOCKS):
        for brace in (part for part in node.children if part.type == "{"):
            row, column = brace.start_point
            before, after = shown[row][:column], whole[row][column + 1 :]
            one_line = node.end_point[0] == row
            if node.type != "script_block_expression" and not before.strip():
                yield line(brace)
            if not one_line and after.strip():
                yield line(brace)


def indentation(source: Source) -> Lines:
    """UseConsistentIndentation: four blanks for each thing that is open at the beginning of a line."""
    depth = 0
    for number, shown in enumerate(masked_lines(source), 1):
        code = shown.strip()
        closes = len(code) - len(code.lstrip(")}"))
        if code and len(shown) - len(shown.lstrip(" ")) != STEP * max(depth - closes, 0):
            yield number
        depth += sum((char in "({") - (char in ")}") for char in code)

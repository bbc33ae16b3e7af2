"""The frame of QUOTING: what every script begins with, in this order, before any of its data."""

from collections.abc import Iterator

from tests.templates.checks.source import Source, line, text

REQUIRES = {"5.1": "#Requires -Version 5.1", "2.0": "#Requires -Version 2.0"}
STRICT = {"5.1": "Set-StrictMode -Version 3.0", "2.0": "Set-StrictMode -Version 2.0"}
HELP = (".SYNOPSIS", ".DESCRIPTION", ".EXAMPLE")
SENTINEL = "if ('{}'.Length -ne 1 -or [int]'{}'[0] -ne 229) {{"


def frame(source: Source, engine: str = "5.1") -> Iterator[str]:
    """Requirements, a blank line, help, parameters, the sentinel, strict mode, stop on error."""
    lines = source.lines
    if lines[0] != REQUIRES[engine]:
        yield f"does not begin with {REQUIRES[engine]}"
    start = next((number for number, shown in enumerate(lines) if shown == "<#"), 0)
    if not start or lines[start - 1] != "":
        yield "the help does not stand behind a blank line"
    block = next((comment for comment in source.scanned.comments if comment.startswith("<#")), "")
    yield from (f"the help has no {word}" for word in HELP if f"\n{word}" not in block)
    for node in source.nodes("param_block"):
        if source.scanned.masked.index("<#") > node.start_byte:
            yield "the help stands behind param"
    yield from _statements(source, engine)


def _statements(source: Source, engine: str) -> Iterator[str]:
    body = next((child for child in source.root.children if child.type == "statement_list"), None)
    statements = [child for child in body.children if child.type not in ("comment", ";")] if body else []
    if len(statements) < 3:
        yield "has no statements"
        return
    first = text(statements[0])
    literals = source.scanned.literals
    numbers = [number for number, value in enumerate(literals) if value == "å"][:2]
    if len(numbers) < 2 or not first.startswith(SENTINEL.format(*numbers)):
        yield f"line {line(statements[0])}: the first statement is not the sentinel"
    elif literals[: numbers[0]] not in (["High"], ["Low"]):
        yield f"stands before the sentinel: {literals[: numbers[0]]}"
    if [text(node) for node in statements[1:3]] != [
        STRICT[engine],
        f"$ErrorActionPreference = '{len(numbers) + 2}'",
    ]:
        yield "strict mode and stop on error do not follow the sentinel"
    elif literals[numbers[-1] + 2] != "Stop":
        yield "does not stop on error"

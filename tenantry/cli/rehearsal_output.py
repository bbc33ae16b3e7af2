"""How a rehearsal is printed: a table for a person, or all of it as JSON or CSV, in pieces: memory stays flat."""

import sys
from collections.abc import Iterator, Sequence
from itertools import islice

import click

from tenantry.cli import common
from tenantry.cli.output import render
from tenantry.cli.rehearsed import COLUMNS, JSON, Told, ends

_CHUNK = 500  # rows


def summary(told: Told, how: str = "") -> str:
    """What one run did, in a line, and how it ended."""
    cmdlets = ", ".join(f"{name} {count:,}" for name, count in told.cmdlets.most_common())
    words = [_many(told.counts["change"], "change") + (f" ({cmdlets})" if cmdlets else "")]
    if told.counts["whatIf"]:
        words = [*words, f"would make {_many(told.counts['whatIf'], 'change')}"][-1 if not cmdlets else 0 :]
    words += [_many(told.counts[kind], kind) for kind in ("prompt", "error") if told.counts[kind]]
    ended = how or ("refused" if told.refused else "ended with an error" if told.failed else "done")
    return ", ".join([*words, ended])


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def show(session: common.Session, told: Sequence[Told]) -> None:
    """The answer in the format asked for."""
    if session.output == "json":
        _write(documents(told))
    elif session.output == "csv":
        _write(_csv(told))
    else:
        session.show(*_table(told))


def _write(pieces: Iterator[str]) -> None:
    while batch := "".join(islice(pieces, _CHUNK)):
        click.echo(batch, nl=False)


def documents(told: Sequence[Told]) -> Iterator[str]:
    """The contract's object of one script, or a list of those of several."""
    plain = sys.platform == "win32" and not sys.stdout.isatty()  # as other commands print JSON there
    if len(told) == 1:
        yield from told[0].document(plain=plain)
    else:
        for number, one in enumerate(told):
            yield "[\n  " if number == 0 else ",\n  "
            yield from one.document("  ", plain=plain)
        yield "\n]"
    yield "\n"


def _csv(told: Sequence[Told]) -> Iterator[str]:
    columns = _columns(told)
    yield render("csv", [], columns, None)
    rows = ({"script": one.script, **row} for one in told for row in one.rows())
    while batch := list(islice(rows, _CHUNK)):
        yield render("csv", batch, columns, None).partition("\n")[2]


def _columns(told: Sequence[Told]) -> list[str]:
    return ["script", *COLUMNS] if len(told) > 1 else list(COLUMNS)


def _table(told: Sequence[Told]) -> tuple[list[JSON], list[str]]:
    """Every row of a short run, the beginning and the end of a long one; columns without a value are left out."""
    rows: list[JSON] = []
    for one in told:
        first, left_out, last = ends({"script": one.script, **row} for row in one.rows())
        gap = [{"script": one.script, "kind": "…", "what": f"{left_out:,} more"}] if left_out else []
        rows += [*first, *gap, *last]
    return rows, [name for name in _columns(told) if any(row.get(name) not in ("", None) for row in rows)]

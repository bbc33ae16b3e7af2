"""`python -m simulator.dialect.reference FILE`: writes the list of what the dialect has, from its own tables."""

import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path

from simulator.dialect.cmdlets.core import CORE
from simulator.dialect.compile.checks import CHECKS
from simulator.dialect.compile.compiler import STATEMENTS
from simulator.dialect.members import call, dates, make, statics
from simulator.dialect.run.signature import Parameter
from simulator.dialect.syntax.expressions import RANKS
from simulator.dialect.types import ACCELERATORS, GENERICS, NAMES

HEAD = """# The dialect of our scripts

What a generated script may use, and what `tenantry scripts rehearse` runs. Everything else is refused by name and line:
the dialect never guesses. It is held to recordings of PowerShell 7.6.5 under strict mode 3.0 and stop on error.
This page is made from the dialect's own tables: `python -m simulator.dialect.reference docs/reference/dialect.md`.

Never in a script: aliases, typographic quotes or dashes outside single-quoted literals, a member on a line of its own,
`&&`, `||`, `??`, `? :`, classes, `trap`, `filter`, `data`, redirection into files, background jobs, `$?`, `$OFS`.
Where an outcome would depend on culture, or on the order of a plain hashtable, the run is refused.

Of what is listed here only that runs which is proven, kind of value by kind of value: by a recording that agrees, by a
golden script, or by a rule with its reason (`simulator/dialect/proven.txt`, `certain.txt`; docs/decisions/0008). A new
script that needs a new step is rehearsed and read with care; then `python -m tests.simulator.dialect.prove` adds it.
"""


def listed(words: Iterable[str]) -> str:
    """Words in code style, in lines that are not too long."""
    return "\n".join(textwrap.wrap(", ".join(f"`{w}`" for w in words), 118, break_on_hyphens=False))


def shown(p: Parameter) -> str:
    """One parameter of a cmdlet."""
    kind = "" if p.type is None else f" {p.type.name.rsplit('.', 1)[-1].replace('SwitchParameter', 'switch')}"
    return f"-{p.name}{kind}"


def page() -> str:
    """The whole page."""
    parts = [HEAD, "## Statements\n", listed(sorted(kind.__name__.lower() for kind in STATEMENTS)), ""]
    parts += ["## Operators\n", listed(sorted(RANKS)), "", "## Checks of parameters\n", listed(sorted(CHECKS)), ""]
    parts += ["## Types\n", listed(sorted(ACCELERATORS)), "", listed(sorted(NAMES)), ""]
    parts += [
        "Generic:\n",
        listed(sorted(GENERICS)),
        "",
        "## Objects that can be made\n",
        listed(sorted(make.MAKERS)),
        "",
    ]
    parts += ["Every exception type that a catch may name, too.\n", "## Methods\n"]
    for kind, table in call.TABLES:
        name = kind.__name__ if isinstance(kind, type) else "/".join(k.__name__ for k in kind)
        parts += [f"{name}: {listed(sorted(table))}\n"]
    grouped: dict[str, list[str]] = {}
    for type_, name in (*statics.VALUES, *statics.METHODS):
        grouped.setdefault(type_, []).append(name)
    methods: dict[str, list[str]] = {}
    for type_, name in dates.METHODS:
        methods.setdefault(type_, []).append(name)
    parts += [f"{type_}: {listed(names)}\n" for type_, names in sorted(methods.items())]
    parts += ["## Static members\n"]
    parts += [f"`[{type_}]`: {listed(sorted(names))}\n" for type_, names in sorted(grouped.items())]
    parts += ["## Cmdlets\n", "Beside these, those of Exchange that the rehearsal registers.\n"]
    for one in sorted(CORE, key=lambda c: c.signature.name):
        parts.append(f"- `{one.signature.name}` {listed(shown(p) for p in one.signature.parameters)}")
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8", newline="\n")

"""What a script says, read without running it: its commands, strings, variables, members and types.

Offsets are UTF-16 units. Whatever the grammar of the dialect accepts, this tells as the engine's own parser would;
what it does not accept is refused by name and line.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any

from simulator.dialect.syntax.nodes import (
    Attribute,
    Call,
    Cast,
    Command,
    Expandable,
    Expression,
    Function,
    Member,
    Node,
    Parameter,
    Text,
    TypeName,
    Variable,
)
from simulator.dialect.syntax.parser import Parser, parse
from simulator.dialect.syntax.units import from_units

KINDS = {
    "single": "SingleQuoted",
    "double": "DoubleQuoted",
    "here-single": "SingleQuotedHereString",
    "here-double": "DoubleQuotedHereString",
}


@dataclass(frozen=True)
class CommandUse:
    """One command: its name (None where it is computed), where it stands, its parameters, what is splatted."""

    name: str | None
    start: int
    end: int
    line: int
    parameters: tuple[str, ...] = ()
    splatted: tuple[str, ...] = ()
    positional: int = 0


@dataclass(frozen=True)
class StringUse:
    """One string constant: how it is written, its value, where it begins."""

    type: str
    value: str
    start: int
    line: int


@dataclass
class Reading:
    """All of it; names each once, in order of appearance."""

    commands: list[CommandUse] = field(default_factory=list)
    strings: list[StringUse] = field(default_factory=list)
    variables: dict[str, None] = field(default_factory=dict)
    members: dict[str, None] = field(default_factory=dict)
    types: dict[str, None] = field(default_factory=dict)
    functions: dict[str, None] = field(default_factory=dict)


def read(source: str) -> Reading:
    """Reads a script.

    Raises:
        Refused: Something in it is outside the dialect.
    """
    parser, body = parse(source)
    made = Reading()
    for node in walk(body):
        note(made, node, parser)
    return made


def walk(value: Any) -> Iterator[Node]:
    """Every node below a value, in the order in which they are written as far as the tree keeps it."""
    left = [value]
    while left:
        found = left.pop()
        if isinstance(found, Node):
            yield found
            left += reversed([getattr(found, each.name) for each in fields(found)])
        elif isinstance(found, list | tuple):
            left += reversed(found)
        elif isinstance(found, dict):
            left += reversed(list(found.values()))


def note(made: Reading, node: Node, parser: Parser) -> None:
    """Enters one node; a member's name as it is written."""
    line = parser.line(node.at)
    if isinstance(node, Command):
        made.commands.append(command(node, line))
    elif isinstance(node, Text) and node.kind != "bare":
        made.strings.append(StringUse(KINDS[node.kind], from_units(node.value), node.at, line))
    elif isinstance(node, Variable | Parameter):
        made.variables.setdefault(from_units(node.name))
    elif isinstance(node, Member | Call):
        made.members.setdefault(from_units(parser.text[node.name.at : node.name.end]))
    elif isinstance(node, TypeName):
        made.types.setdefault(node.name)
    elif isinstance(node, Function):
        made.functions.setdefault(node.name)


def command(node: Command, line: int) -> CommandUse:
    """One command's facts."""
    name = node.name.value if isinstance(node.name, Text) else None
    parameters = tuple(a.name for a in node.arguments if a.name)
    splatted = tuple(a.value.name for a in node.arguments if isinstance(a.value, Variable) and a.value.splatted)
    end = max([node.end, *(r.end for r in node.redirections)])
    return CommandUse(name, node.at, end, line, parameters, splatted, positional(node))


def positional(node: Command) -> int:
    """How many arguments stand without a name before them; a switch's neighbour counts as its value here."""
    count, after_name = 0, False
    for argument in node.arguments:
        bare = not argument.name and not (isinstance(argument.value, Variable) and argument.value.splatted)
        count += bare and not after_name
        after_name = bool(argument.name) and argument.value is None
    return count


__all__ = ["Attribute", "Cast", "Expandable", "Expression", "read"]

"""The shape of a script as keys of what is proven: each kind of node in each form, and what may stand inside what."""

import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any

from simulator.dialect.proven import Key, plain
from simulator.dialect.syntax import nodes
from simulator.dialect.syntax.nodes import Node

AUTOMATIC = frozenset(
    """
    _ psitem args input error matches pscmdlet psboundparameters this true false null psscriptroot pscommandpath
    psversiontable lastexitcode erroractionpreference warningpreference verbosepreference whatifpreference
    confirmpreference debugpreference informationpreference progresspreference psdefaultparametervalues ofs
    myinvocation foreach switch
    """.split()  # noqa: SIM905 (a long list reads better so)
)
WRITTEN = re.compile(
    r"(?P<sign>-)?(?:(?P<hex>0x[0-9a-f]+)|(?P<whole>[0-9]+)?(?P<fraction>\.[0-9]*)?(?P<power>e[+-]?[0-9]+)?)", re.I
)


def children(node: Node) -> Iterator[tuple[str, Node]]:
    """(field, node) of everything right below a node."""
    for each in fields(node):
        yield from nodes_in(getattr(node, each.name), each.name)


def nodes_in(value: Any, name: str) -> Iterator[tuple[str, Node]]:
    """The nodes that a field holds, however it holds them."""
    if isinstance(value, Node):
        yield name, value
    elif isinstance(value, list | tuple):
        for place, item in enumerate(value):
            yield from nodes_in(item, f"{name}{place}" if isinstance(value, tuple) else name)
    elif isinstance(value, dict):
        for word, item in value.items():
            yield from nodes_in(item, word)


def named(node: Node) -> str:
    """A node's kind, with the sign that makes it another thing."""
    kind = type(node).__name__
    if isinstance(node, nodes.Binary | nodes.Unary):
        return f"{kind}{plain(node.sign)}"
    if isinstance(node, nodes.Sub):
        return "Array" if node.array else "Sub"
    if isinstance(node, nodes.Text | nodes.Expandable):
        return f"{kind}-{node.kind}"
    if isinstance(node, nodes.Flow):
        return node.word
    return kind


def flags(**given: Any) -> str:
    """Which of several things there are."""
    return "+".join(name for name, value in given.items() if value) or "-"


def variable(node: nodes.Variable) -> str:
    """Its scope, whether it is splatted, and the name of an automatic one."""
    scope, _, bare = node.name.lower().rpartition(":")
    return f"{scope}:{bare if bare in AUTOMATIC else ''}{'@' if node.splatted else ''}{'{}' if node.braced else ''}"


def number(node: nodes.Number) -> str:
    """How it is written."""
    found = WRITTEN.match(node.written)
    parts = [name for name, value in (found.groupdict() if found else {}).items() if value]
    return "+".join([*parts, node.written[found.end() if found else 0 :].lower()])


def command(node: nodes.Command) -> str:
    """How it is called: by bare name or else, with what redirections."""
    name = node.name.kind if isinstance(node.name, nodes.Text) else type(node.name).__name__
    return f"{node.operator}{name}"


def argument(node: nodes.Argument) -> str:
    """A name, a value behind a colon, a splat."""
    return flags(name=node.name, value=node.value, colon=node.colon)


FORMS: dict[type[Node], Callable[[Any], str]] = {
    nodes.Variable: variable,
    nodes.Number: number,
    nodes.TypeName: lambda n: n.name.lower().replace(" ", ""),
    nodes.Member: lambda n: flags(static=n.static, computed=not isinstance(n.name, nodes.Text)),
    nodes.Call: lambda n: flags(static=n.static, computed=not isinstance(n.name, nodes.Text)),
    nodes.Unary: lambda n: flags(after=n.after),
    nodes.Redirection: lambda n: plain(f"{n.stream}>{n.into}"),
    nodes.Argument: argument,
    nodes.Command: command,
    nodes.Assignment: lambda n: plain(n.sign),
    nodes.While: lambda n: flags(first=n.first, until=n.until, label=n.label),
    nodes.For: lambda n: flags(start=n.start, condition=n.condition, step=n.step, label=n.label),
    nodes.ForEach: lambda n: flags(label=n.label),
    nodes.Switch: lambda n: "+".join([*sorted(n.flags), *(["label"] if n.label else [])]) or "-",
    nodes.Try: lambda n: flags(
        typed=any(t for t, _ in n.handlers), plain=any(not t for t, _ in n.handlers), final=n.final
    ),
    nodes.Flow: lambda n: flags(value=n.value, label=n.label),
    nodes.Parameter: lambda n: flags(attributes=n.attributes, types=n.types, default=n.default),
    nodes.Body: lambda n: (
        "+".join([*sorted(n.blocks), *(["attributes"] if n.attributes else []), *(["declared"] if n.declared else [])])
        or "-"
    ),
    nodes.If: lambda n: flags(more=len(n.branches) > 1, otherwise=n.otherwise),
}


def shapes(top: Node) -> Iterator[tuple[Node, Key]]:
    """Every node from here down with its keys: its form, and where it stands."""
    left = [(top, "Script", "-")]
    while left:
        node, above, place = left.pop()
        name = named(node)
        yield node, ("stands", above, place, name)
        if isinstance(node, nodes.Attribute):
            for word, value in (*node.named, ("-", None)):
                yield node, ("attribute", node.name.lower(), word.lower(), "given" if value is not None else "-")
        elif type(node) in FORMS:
            yield node, ("form", name, FORMS[type(node)](node))
        below = [(child, name, field) for field, child in children(node)]
        left += reversed(below)

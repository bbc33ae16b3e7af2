"""Finds the operation of a Graph request: templates as in Microsoft's OpenAPI, plus the forms the service takes too.

The service also accepts `microsoft.graph.` before actions and functions, `()` after functions, key segments
`/users('id')` beside `/users/id`, `/me` for the signed-in person, and segment names in any case.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from simulator.core import Handler, Route

_PREFIX = "microsoft.graph."
_OWN = "myorganization"  # the caller's own tenant, said aloud; CLI for Microsoft 365 does
_VALUE = re.compile(r"\{([^}]+)\}")
_KEYED = re.compile(r"^([A-Za-z$.]+)\((.*)\)$", re.DOTALL)
_NAMED = re.compile(r"^(\w+)=(.*)$", re.DOTALL)


@dataclass(frozen=True)
class Match:
    """What was found: the operation's name (`METHOD template`), its handler and the values of its path."""

    operation: str
    handler: Handler
    params: dict[str, str]


class MethodNotAllowedError(Exception):
    """The path exists, with other methods. Its only argument: those methods, sorted."""


class _Node:
    """One segment of the tree of templates."""

    def __init__(self) -> None:
        self.literal: dict[str, _Node] = {}
        self.value: _Node | None = None
        self.routes: dict[str, tuple[Route, list[str]]] = {}


class Router:
    """All routes as a tree of segments; literals win over values."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Node()
        for route in routes:
            self._add(route)

    def _add(self, route: Route) -> None:
        node, names = self._root, []
        for segment in _split(route.template):
            if segment.startswith("{"):
                names.append(segment[1:-1])
                node.value = node.value or _Node()
                node = node.value
            else:
                names += _VALUE.findall(segment)
                node = node.literal.setdefault(_literal(segment), _Node())
        if route.method in node.routes:
            raise ValueError(f"two handlers for {route.method} {route.template}")
        node.routes[route.method] = (route, names)

    def find(self, method: str, path: str, me: str | None = None) -> Match | None:
        """The operation of a path below the version (`/users/…`, still percent-encoded).

        `me` is the signed-in person's id for `/me`. None: no such path. Raises MethodNotAllowedError where only
        the method is wrong.
        """
        segments = [unquote(part) for part in path.strip("/").split("/")]
        if len(segments) > 1 and segments[0].lower() == _OWN:
            del segments[0]
        if segments and segments[0].lower() == "me" and me is not None:
            segments[0:1] = ["users", me]
        other: set[str] = set()
        for node, values in _ends(self._root, _normal(segments), []):
            if method in node.routes:
                route, names = node.routes[method]
                params = dict(zip(names, values, strict=True))
                return Match(f"{route.method} {route.template}", route.handler, params)
            other.update(node.routes)
        if other:
            raise MethodNotAllowedError(sorted(other))
        return None


def _ends(node: _Node, segments: list[str], values: list[str]) -> Iterator[tuple[_Node, list[str]]]:
    """Every node that the segments lead to, with the values on the way; literals first."""
    if not segments:
        yield node, values
        return
    segment, rest = segments[0], segments[1:]
    name, keys = _keys(segment)
    if name in node.literal:
        yield from _ends(node.literal[name], rest, values + keys)
    if node.value is not None and segment:
        yield from _ends(node.value, rest, [*values, segment])


def _split(template: str) -> list[str]:
    """Segments of a template; a `/` inside parentheses does not occur in Microsoft's."""
    return template.strip("/").split("/")


def _normal(segments: list[str]) -> list[str]:
    """Key segments become segments of their own: `users('id')` is `users`, `id`; named keys stay."""
    plain: list[str] = []  # Microsoft's own SDKs write type casts with the namespace's short name: `graph.user`
    for given in segments:
        segment = f"microsoft.{given}" if f"microsoft.{given}".lower() in _CASTS else given
        keyed = _KEYED.match(segment)
        inner = keyed.group(2).strip() if keyed else ""
        if keyed and inner and not _NAMED.match(inner):
            plain += [keyed.group(1), _unquoted(inner)]
        else:
            plain.append(segment)
    return plain


def _literal(segment: str) -> str:
    """How a template's literal segment is filed: lower case, no prefix, no `()`, names of keys only."""
    return _keys(segment)[0]


def _keys(segment: str) -> tuple[str, list[str]]:
    """A segment's filed name and the values of its named keys: `groups(appId='x')` → `groups(appid)`, x."""
    keyed = _KEYED.match(segment)
    name = keyed.group(1) if keyed else segment
    bare = name.lower().removeprefix(_PREFIX) if name.lower() not in _CASTS else name.lower()
    named = _NAMED.match(keyed.group(2).strip()) if keyed and keyed.group(2).strip() else None
    if named is None:
        return bare, []
    return f"{bare}({named.group(1).lower()})", [_unquoted(named.group(2))]


def _unquoted(key: str) -> str:
    """A key's value: OData doubles quotes inside quotes."""
    text = key.strip()
    if len(text) >= 2 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    return text


# Type casts keep their prefix: they are names of types, not of actions.
_CASTS = frozenset(
    _PREFIX + kind.lower()
    for kind in (
        "user",
        "group",
        "application",
        "servicePrincipal",
        "device",
        "orgContact",
        "administrativeUnit",
        "directoryRole",
        "room",
        "roomList",
    )
)

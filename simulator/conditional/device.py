"""Rules of the filter for devices: `device.trustType -eq "AzureAD" -and -not (device.model -contains "Surface")`.

learn.microsoft.com/entra/identity/conditional-access/concept-condition-filters-for-devices. A device without the
attribute: positive comparisons are false, negative ones true.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

_TOKEN = re.compile(r"""\s*(?:(\()|(\))|(\[[^\]]*\])|"((?:[^"\\]|\\.)*)"|(-\w+)|device\.([A-Za-z0-9]+)|(\w+))""")
Token = tuple[str, str]
_POSITIVE: dict[str, Callable[[str, str], bool]] = {
    "eq": lambda held, wanted: held == wanted,
    "startswith": lambda held, wanted: held.startswith(wanted),
    "endswith": lambda held, wanted: held.endswith(wanted),
    "contains": lambda held, wanted: wanted in held,
}
_NEGATIVE = {"ne": "eq", "notstartswith": "startswith", "notendswith": "endswith", "notcontains": "contains"}


class RuleError(ValueError):
    """The rule cannot be read."""


def matches(rule: str, device: Mapping[str, Any]) -> bool | None:
    """Whether a device matches a rule; None where the rule cannot be read."""
    try:
        tokens = list(_tokens(rule))
        found, rest = _either(tokens, device)
    except (RuleError, IndexError):
        return None
    return found if not rest else None


def check(rule: str) -> bool:
    """Whether a rule can be read."""
    return matches(rule, {}) is not None


def _tokens(rule: str) -> Iterator[Token]:
    at, text = 0, rule.rstrip()
    names = ("open", "close", "list", "text", "operator", "property", "word")
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise RuleError(rule)
        yield next((name, value) for name, value in zip(names, found.groups(), strict=True) if value is not None)
        at = found.end()


def _either(tokens: list[Token], device: Mapping[str, Any]) -> tuple[bool, list[Token]]:
    found, rest = _both(tokens, device)
    while rest and rest[0] in (("operator", "-or"), ("word", "or")):
        other, rest = _both(rest[1:], device)
        found = found or other
    return found, rest


def _both(tokens: list[Token], device: Mapping[str, Any]) -> tuple[bool, list[Token]]:
    found, rest = _single(tokens, device)
    while rest and rest[0] in (("operator", "-and"), ("word", "and")):
        other, rest = _single(rest[1:], device)
        found = found and other
    return found, rest


def _single(tokens: list[Token], device: Mapping[str, Any]) -> tuple[bool, list[Token]]:
    kind, value = tokens[0]
    if (kind, value) in (("operator", "-not"), ("word", "not")):
        found, rest = _single(tokens[1:], device)
        return not found, rest
    if kind == "open":
        found, rest = _either(tokens[1:], device)
        if rest[0][0] != "close":
            raise RuleError("a bracket is not closed")
        return found, rest[1:]
    if kind != "property" or tokens[1][0] != "operator":
        raise RuleError(value)
    return _compared(device.get(value), tokens[1][1][1:].lower(), tokens[2]), tokens[3:]


def _compared(held: Any, operator: str, wanted: Token) -> bool:
    kind, text = wanted
    if operator in ("in", "notin"):
        if kind != "list":
            raise RuleError(text)
        listed = [one.lower() for one in re.findall(r'"([^"]*)"', text)]
        return (_text(held) in listed) == (operator == "in")
    if kind not in ("text", "word"):
        raise RuleError(text)
    if operator in _NEGATIVE:
        return not _any(_POSITIVE[_NEGATIVE[operator]], held, text.lower())
    if operator not in _POSITIVE:
        raise RuleError(operator)
    return _any(_POSITIVE[operator], held, text.lower())


def _any(compare: Callable[[str, str], bool], held: Any, wanted: str) -> bool:
    values = held if isinstance(held, list) else [held]
    return any(value is not None and compare(_text(value), wanted) for value in values)


def _text(value: Any) -> str:
    return "" if value is None else str(value).lower()

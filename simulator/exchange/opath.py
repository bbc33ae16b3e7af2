"""Recipient filters (OPATH), as far as scopes and searches of ours and their neighbours use them.

`Property -op 'value'` with -and, -or, -not and parentheses; eq, ne, like, notlike (a `*` at either end). A text is in
single quotes, doubled inside; anything else is refused, as Exchange refuses a filter that it cannot read.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from simulator.exchange.errors import ExchangeError

_TOKENS = re.compile(r"\s*(?:(?P<sign>[(){}])|'(?P<text>(?:[^']|'')*)'|\"(?P<wide>[^\"]*)\"|(?P<word>[^\s(){}'\"]+))")
_COMPARE = ("-eq", "-ne", "-like", "-notlike")
_NAMES = (
    "MemberOfGroup",
    "RecipientTypeDetails",
    "RecipientType",
    "ExternalDirectoryObjectId",
    "PrimarySmtpAddress",
    "EmailAddresses",
    "DistinguishedName",
    "Name",
    "Alias",
    "DisplayName",
    "Guid",
    "Department",
    "Title",
    "Office",
    "Company",
    "City",
    "CountryOrRegion",
    "UserPrincipalName",
    "WindowsEmailAddress",
)
PROPERTIES = {name.lower(): name for name in _NAMES}


@dataclass(frozen=True)
class Filter:
    """A filter that was read: `words` is how Exchange prints it, `matches` asks it of a property reader."""

    words: str
    matches: Callable[[Callable[[str], list[str]]], bool]


def read(source: str) -> Filter:
    """Reads a filter. Raises ExchangeError where it cannot be read."""
    tokens = _split(source)
    found, rest = _either(tokens, source)
    if rest:
        raise _bad(source)
    return found


def _bad(source: str) -> ExchangeError:
    text = f'Invalid filter syntax. For a description of the filter parameter syntax see the command help.\n"{source}"'
    return ExchangeError("InvalidFilterException", text, source, "InvalidArgument")


def _split(source: str) -> list[tuple[str, str]]:
    tokens, at = [], 0
    while source[at:].strip():
        found = _TOKENS.match(source, at)
        if found is None:
            raise _bad(source)
        kind = str(found.lastgroup)
        value = found.group(kind)
        tokens.append(("text", value.replace("''", "'")) if kind in ("text", "wide") else (kind, value))
        at = found.end()
    return tokens


Tokens = list[tuple[str, str]]


def _either(tokens: Tokens, source: str) -> tuple[Filter, Tokens]:
    return _joined(tokens, source, "-or", _both, any)


def _both(tokens: Tokens, source: str) -> tuple[Filter, Tokens]:
    return _joined(tokens, source, "-and", _one, all)


def _joined(
    tokens: Tokens, source: str, word: str, inner: Callable[..., tuple[Filter, Tokens]], how: Callable[..., bool]
) -> tuple[Filter, Tokens]:
    first, rest = inner(tokens, source)
    parts = [first]
    while rest and rest[0][1].lower() == word:
        following, rest = inner(rest[1:], source)
        parts.append(following)
    if len(parts) == 1:
        return first, rest
    words = f" {word} ".join(f"({part.words})" for part in parts)
    return Filter(words, lambda ask: how(part.matches(ask) for part in parts)), rest


def _one(tokens: Tokens, source: str) -> tuple[Filter, Tokens]:
    if not tokens:
        raise _bad(source)
    kind, value = tokens[0]
    if kind == "sign" and value in "({":
        inner, rest = _either(tokens[1:], source)
        if not rest or rest[0] != ("sign", ")" if value == "(" else "}"):
            raise _bad(source)
        return inner, rest[1:]
    if kind == "word" and value.lower() == "-not":
        inner, rest = _one(tokens[1:], source)
        return Filter(f"-not({inner.words})", lambda ask: not inner.matches(ask)), rest
    return _comparison(tokens, source)


def _comparison(tokens: Tokens, source: str) -> tuple[Filter, Tokens]:
    if len(tokens) < 3 or tokens[0][0] != "word" or tokens[1][1].lower() not in _COMPARE:
        raise _bad(source)
    name, operator, value = PROPERTIES.get(tokens[0][1].lower()), tokens[1][1].lower(), tokens[2][1]
    if name is None or tokens[2][0] == "sign":
        raise _bad(source)
    quoted = value.replace("'", "''")
    return Filter(f"{name} {operator} '{quoted}'", _comparer(name, operator, value.lower())), tokens[3:]


def _comparer(name: str, operator: str, value: str) -> Callable[[Callable[[str], list[str]]], bool]:
    pattern = ".*".join(re.escape(part) for part in value.split("*"))

    def one(found: str) -> bool:
        if operator in ("-eq", "-ne"):
            return found.lower() == value
        return re.fullmatch(pattern, found.lower(), re.DOTALL) is not None

    negative = operator in ("-ne", "-notlike")
    return lambda ask: any(one(found) for found in ask(name)) != negative

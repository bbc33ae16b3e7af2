"""Wildcard patterns: `*`, `?`, sets in brackets, and the backtick that makes a sign plain."""

import re
from functools import lru_cache

from simulator.dialect.convert import text
from simulator.dialect.faults import engine
from simulator.dialect.limits import searched
from simulator.dialect.operators.regex import settle_case
from simulator.dialect.proven import plain, use
from simulator.dialect.refuse import Refused
from simulator.dialect.values import Array, NetList, Value


def like(left: Value, right: Value, fold: bool = True) -> bool:
    """One value against a pattern."""
    if isinstance(left, Array | NetList):
        raise Refused("")
    return matches(text(left), text(right), fold)


def matches(words: str, pattern: str, fold: bool = True) -> bool:
    """Text against a pattern.

    Raises:
        Thrown: The pattern is not valid.
    """
    searched(len(words), pattern.count("*"))
    if fold:
        settle_case(words, pattern)
    return compiled(pattern, fold).fullmatch(words) is not None


@lru_cache(maxsize=512)
def compiled(pattern: str, fold: bool) -> "re.Pattern[str]":
    """The pattern as a regular expression."""
    out: list[str] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        use("wildcard", plain(char) if char in "*?[`" else "x")
        if char == "`" and at + 1 < len(pattern):
            out.append(re.escape(pattern[at + 1]))
            at += 2
        elif char == "[":
            piece, at = bracket(pattern, at)
            out.append(piece)
        else:
            out.append({"*": ".*", "?": "."}.get(char, re.escape(char)))
            at += 1
    return re.compile("".join(out), re.DOTALL | (re.IGNORECASE if fold else re.NOFLAG))


def bracket(pattern: str, start: int) -> tuple[str, int]:
    """(a set in brackets, where it ends)."""
    end = pattern.find("]", start + 1)
    if end < 0:
        raise invalid(pattern)
    inside = pattern[start + 1 : end]
    if inside == "" or "`" in inside or inside.startswith(("-", "^", "!")) or inside.endswith("-"):
        raise Refused("")
    return "[" + re.sub(r"([\\^\[\]&~|])", r"\\\1", inside) + "]", end + 1


def invalid(pattern: str) -> Exception:
    """The engine's error for a pattern that is none."""
    return engine("RuntimeException", f"The specified wildcard character pattern is not valid: {pattern}", None)


def escape(words: str) -> str:
    """[WildcardPattern]::Escape"""
    return re.sub(r"([*?\[\]`])", r"`\1", words)


def unescape(words: str) -> str:
    """[WildcardPattern]::Unescape"""
    return re.sub(r"`([*?\[\]`])", r"\1", words)


def wild(words: str) -> bool:
    """[WildcardPattern]::ContainsWildcardCharacters"""
    return re.search(r"[*?\[]", re.sub(r"`.", "", words, flags=re.S)) is not None

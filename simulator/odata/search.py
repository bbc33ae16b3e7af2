"""`$search` of the directory: words that begin a word of the property, in quotes, with AND and OR."""

import re
from collections.abc import Callable
from typing import Any

from simulator.core import GraphFault
from simulator.odata import types

JSON = dict[str, Any]

_CLAUSE = re.compile(r'\s*"((?:[^"\\]|\\.)*)"\s*')
_JOIN = re.compile(r"(AND|OR)\b", re.IGNORECASE)


def search_test(text: str, entity: str) -> Callable[[JSON], bool]:
    """A test on raw objects. Raises GraphFault 400 for what is not `"property:words"` joined by AND and OR."""
    tests, joins, at = [], [], 0
    while True:
        found = _CLAUSE.match(text, at)
        if found is None:
            raise GraphFault(
                400,
                "BadRequest",
                f"Syntax error: character '{text[at : at + 1]}' is not valid at position {at} in '{text}'.",
            )
        tests.append(_clause(found.group(1), entity))
        join = _JOIN.match(text, found.end())
        if join is None:
            if text[found.end() :].strip():
                raise GraphFault(400, "BadRequest", f"Syntax error at position {found.end()} in '{text}'.")
            break
        joins.append(join.group(1).upper())
        at = join.end()

    def run(row: JSON) -> bool:
        groups = [[tests[0]]]
        for join, test in zip(joins, tests[1:], strict=True):
            if join == "AND":
                groups[-1].append(test)
            else:
                groups.append([test])
        return any(all(test(row) for test in group) for group in groups)

    return run


def _clause(text: str, entity: str) -> Callable[[JSON], bool]:
    name, colon, words = text.partition(":")
    known = types.canonical(entity).get(name.strip().lower()) if colon else None
    if known is None:
        message = "Unsupported Query: the search clause must be of the form 'property:value'."
        raise GraphFault(400, "Request_UnsupportedQuery", message)
    wanted = _words(words)
    return lambda row: _has(row.get(known), wanted)


def _has(value: object, wanted: list[str]) -> bool:
    texts = value if isinstance(value, list) else [value]
    for text in texts:
        if isinstance(text, str):
            have = [*_words(text), *_words(_TURN.sub(" ", text))]
            if all(any(word.startswith(part) for word in have) for part in wanted):
                return True
    return False


# Words also begin where small letters turn into capitals, and letters into digits
# (learn.microsoft.com/graph/search-query-parameter).
_TURN = re.compile(r"(?<=[a-zß-ÿ])(?=[A-ZÀ-Þ])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")


def _words(text: str) -> list[str]:
    """Words of a text, without case: split at blanks and punctuation."""
    return [word for word in re.split(r"[\W_]+", text.casefold()) if word]

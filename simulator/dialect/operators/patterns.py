"""-match, -replace, -split: regular expressions on text and on collections of text."""

import re
from collections.abc import Callable
from typing import Any

from simulator.dialect.casts import as_int
from simulator.dialect.convert import each, is_collection, text
from simulator.dialect.faults import Net, engine, raw
from simulator.dialect.limits import TEXT, text_of
from simulator.dialect.operators.regex import PARSE_FAULT, Pattern, regex
from simulator.dialect.refuse import Refused
from simulator.dialect.values import Array, Hash, Obj, ScriptBlock, Value

REFERENCE = re.compile(r"\$(?:([0-9]+)|\{(\w+)\}|([$&`'+_]))")
BLANKS = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029"
BLANKS += "\u202f\u205f\u3000"


def pattern_of(value: Value, fold: bool) -> Pattern:
    """The right operand as a pattern.

    Raises:
        Thrown: .NET would not read it.
    """
    if isinstance(value, Pattern):
        return value
    try:
        return regex(text(value), fold)
    except Net as error:
        raise raw(error.type, None) from error


def found_groups(pattern: Pattern, found: "re.Match[str]") -> Hash:
    """`$Matches`: what the whole and each group that took part matched."""
    made = Hash()
    made.put(0, found[0])
    for place, name in enumerate(pattern.groups, 1):
        if found[place] is not None:
            made.put(name, found[place])
    return made


def match(left: Value, right: Value, *, fold: bool, negated: bool, keep: Callable[[Hash], None]) -> Value:
    """-match and -notmatch: a test, or the items of a collection that pass it; a found text is kept in `$Matches`."""
    pattern = pattern_of(right, fold)
    if is_collection(left):
        return Array.of([v for v in each(left) if (pattern.search(text(v)) is None) == negated])
    found = pattern.search(text(left))
    if found is not None:
        keep(found_groups(pattern, found))
    return (found is None) == negated


# -- replace
def replace(left: Value, right: Value, fold: bool, run: Callable[[ScriptBlock, Value], Value]) -> Value:
    """-replace with .NET's replacement signs, or with a block that gets each match as `$_`."""
    operands = list(right) if isinstance(right, Array) else [right]
    if not 1 <= len(operands) <= 2:
        raise Refused("")
    if isinstance(left, Obj | Hash):
        raise Refused("")
    try:
        pattern = operands[0] if isinstance(operands[0], Pattern) else regex(text(operands[0]), fold)
    except Net as error:
        told = f"The regular expression pattern {text(operands[0])} is not valid."
        raise engine("InvalidRegularExpression", told) from error
    second = operands[1] if len(operands) == 2 else ""
    if isinstance(second, ScriptBlock):
        block = second
        fill: Any = lambda found: text(run(block, Match.of(pattern, found)))  # noqa: E731 (bound to the block)
    else:
        fill = replacement(text(second), pattern)
    if is_collection(left):
        return Array.of([substituted(pattern, fill, text(item)) for item in each(left)])
    return substituted(pattern, fill, text(left))


def substituted(pattern: Pattern, fill: Any, words: str) -> str:
    """Text with every match replaced."""
    pattern.settle(words)
    left = [TEXT]

    def counted(found: "re.Match[str]") -> str:
        made = str(fill(found))
        left[0] -= len(made)
        text_of(TEXT - left[0])
        return made

    return pattern.compiled.sub(counted, words)


def replacement(template: str, pattern: Pattern) -> Callable[["re.Match[str]"], str]:
    """What `$1`, `${name}`, `$&`, `$$` stand for; an unknown group stays as it is written."""
    pieces: list[str | int] = []
    at = 0
    for found in REFERENCE.finditer(template):
        pieces.append(template[at : found.start()])
        at = found.end()
        number, name, sign = found.groups()
        if sign == "$":
            pieces.append("$")
        elif sign == "&":
            pieces.append(0)
        elif sign:
            raise Refused("")
        else:
            group = pattern.number(int(number or name) if (number or name).isdecimal() else name)
            pieces.append(found[0] if group is None else group)
    pieces.append(template[at:])
    return lambda match: "".join(p if isinstance(p, str) else match[p] or "" for p in pieces)


class Match:
    """A found text: [Match] with its groups."""

    NET = "System.Text.RegularExpressions.Match"

    def __init__(self, value: str, index: int, success: bool, groups: "dict[Value, Match]") -> None:
        self.value, self.index, self.success, self.groups = value, index, success, groups

    @classmethod
    def of(cls, pattern: Pattern, found: "re.Match[str] | None") -> "Match":
        """From Python's; nothing found is a match without success."""
        if found is None:
            return cls("", 0, False, {})
        groups: dict[Value, Match] = {0: cls(found[0], found.start(), True, {})}
        for place, name in enumerate(pattern.groups, 1):
            hit = found[place] is not None
            groups[name] = cls(found[place] or "", max(found.start(place), 0), hit, {})
        return cls(found[0], found.start(), True, groups)

    def text(self) -> str:
        """What was found."""
        return self.value

    def group_table(self) -> "Match.Groups":
        """`.Groups`"""
        return Match.Groups(self.groups)

    class Groups:
        """The groups of a match, by number or name."""

        NET = "System.Text.RegularExpressions.GroupCollection"

        def __init__(self, rows: "dict[Value, Match]") -> None:
            self.rows = rows

        def at(self, name: Value) -> "Match":
            """One group; one that does not exist is a group without success."""
            found = self.rows.get(int(name) if type(name) is int else text(name))
            return found if found is not None else Match("", 0, False, {})

        def member(self, low: str) -> Value:
            """Count."""
            if low == "count" and self.rows:
                return len(self.rows)
            raise Refused("")


# -- split
def split(left: Value, right: Value, fold: bool) -> Array:
    """Binary `-split`: a pattern, a limit, and SimpleMatch."""
    operands = list(right) if isinstance(right, Array) else [right]
    if not 1 <= len(operands) <= 3 or isinstance(operands[0], ScriptBlock):
        raise Refused("")
    limit = as_int(operands[1]) if len(operands) > 1 else 0
    if limit < 0:
        raise Refused("")
    source = text(operands[0])
    if len(operands) == 3:
        options = {o.strip().lower() for o in text(operands[2]).split(",")}
        if options - {"simplematch", "ignorecase", "regexmatch"} or not isinstance(operands[2], str):
            raise Refused("")
        fold = fold or "ignorecase" in options
        if "simplematch" in options:
            source = re.sub(r"([\\*+?|{}\[\]()^$.# \t\r\n])", r"\\\1", source)
    pattern = pattern_of(source, fold)
    parts: list[str] = []
    for item in each(left) if is_collection(left) else [left]:
        parts += cut(pattern, text(item), limit)
    return Array.of(parts, "System.String")


def cut(pattern: Pattern, words: str, limit: int) -> list[str]:
    """One text in at most so many parts (0 is any number); groups are given too."""
    pattern.settle(words)
    if limit == 1:
        return [words]
    return [p for p in pattern.compiled.split(words, maxsplit=max(0, limit - 1)) if p is not None]


def split_blanks(value: Value) -> Array:
    """Unary `-split`: at runs of blanks, without empty parts."""
    parts: list[str] = []
    for item in each(value) if is_collection(value) else [value]:
        words = text(item)
        if any(c in "\x1c\x1d\x1e\x1f" for c in words):
            raise Refused("")
        parts += re.split(f"[{BLANKS}]+", words.strip(BLANKS)) if words.strip(BLANKS) else refuse_blank()
    return Array.of(parts, "System.String")


def refuse_blank() -> list[str]:
    """Splitting nothing but blanks is not settled."""
    raise Refused("")


__all__ = ["PARSE_FAULT", "match", "replace", "split"]

"""An oracle of our own: reads PowerShell text by the tokenizer's character classes, not by our filter's code.

Written from the table of classes alone: a literal opened by any single quote is closed by any single quote that is
not followed by another; of a pair the second character is kept.
"""

import re
from dataclasses import dataclass, field

QUOTES = frozenset(chr(point) for point in (0x27, 0x2018, 0x2019, 0x201A, 0x201B))


def read_literal(source: str, start: int = 0) -> tuple[str, int]:
    """The text of the single-quoted literal at `start` and where it ends; ValueError where there is none."""
    if start >= len(source) or source[start] not in QUOTES:
        raise ValueError(f"no literal at {start}")
    kept: list[str] = []
    at = start + 1
    while at < len(source):
        if source[at] not in QUOTES:
            kept.append(source[at])
            at += 1
        elif at + 1 < len(source) and source[at + 1] in QUOTES:
            kept.append(source[at + 1])
            at += 2
        else:
            return "".join(kept), at + 1
    raise ValueError("the literal does not end")


def read_whole(source: str) -> str:
    """The text of `source`, which must be one literal and nothing else."""
    text, end = read_literal(source)
    if end != len(source):
        raise ValueError(f"something follows the literal: {source[end:]!r}")
    return text


class ScannerError(ValueError):
    """A construct that our scripts do not use, with its line."""

    def __init__(self, what: str, source: str, at: int) -> None:
        super().__init__(f"{what} in line {line_of(source, at)}")


@dataclass
class Scanned:
    """A script taken apart by the character classes.

    `masked` is the source with every literal's text replaced by its number (`'0'`, `'1'`, …), comments kept;
    it holds only ASCII outside comments. `literals` are the texts, `comments` as they stand.
    """

    source: str
    masked: str = ""
    literals: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)


def line_of(source: str, at: int) -> int:
    """The line of a place, as PowerShell counts (CR LF, LF or CR)."""
    return len(re.findall(r"\r\n|\n|\r", source[:at])) + 1


def scan(source: str) -> Scanned:
    """Takes a script apart; refuses what none of our scripts may hold: double quotes, here-strings, backticks."""
    found = Scanned(source)
    parts: list[str] = []
    at = 0
    while at < len(source):
        end = _comment_end(source, at)
        if end is not None:
            found.comments.append(source[at:end])
            parts.append(source[at:end])
        elif source[at] in QUOTES:
            text, end = read_literal(source, at)
            parts.append(f"'{len(found.literals)}'")
            found.literals.append(text)
        else:
            _refuse(source, at)
            end = at + 1
            parts.append(source[at])
        at = end
    found.masked = "".join(parts)
    return found


def _comment_end(source: str, at: int) -> int | None:
    if source.startswith("<#", at):
        end = source.find("#>", at)
        return len(source) if end < 0 else end + 2
    if source[at] == "#" and (at == 0 or source[at - 1] in " \t\r\n;({"):
        match = re.compile(r"[\r\n]").search(source, at)
        return match.start() if match else len(source)
    return None


def _refuse(source: str, at: int) -> None:
    char = source[at]
    if char in '"\u201c\u201d\u201e':
        raise ScannerError("a double quote", source, at)
    if char == "`":
        raise ScannerError("a backtick", source, at)
    if char == "@" and source[at + 1 : at + 2] in QUOTES:
        raise ScannerError("a here-string", source, at)
    if ord(char) > 126 or (ord(char) < 32 and char not in "\r\n\t"):
        raise ScannerError(f"U+{ord(char):04X} outside a literal", source, at)

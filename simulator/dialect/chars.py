"""The tokenizer's character classes, and the masking that lets tree-sitter read a script as the engine does.

The grammar knows only U+0027 as a single quote. So each single-quoted literal is found here first, by the engine's
rules, its value kept, and its text replaced by harmless letters of the same length; line ends stay. Typographic
quotes and dashes anywhere else are refused. Source: CharTraits.cs and tokenizer.cs of PowerShell.
"""

import re
from dataclasses import dataclass

from simulator.dialect.refuse import Refused

SINGLE_QUOTES = frozenset("'\u2018\u2019\u201a\u201b")
DOUBLE_QUOTES = frozenset('"\u201c\u201d\u201e')
DASHES = frozenset("-\u2013\u2014\u2015")
TYPOGRAPHIC = (SINGLE_QUOTES | DOUBLE_QUOTES | DASHES) - frozenset("'\"-")
NEWLINES = frozenset("\r\n")


@dataclass(frozen=True)
class Masked:
    """`text` with the literals masked, and each literal's value by the offset of its opening quote."""

    text: str
    literals: dict[int, str]


def mask(source: str) -> Masked:
    """Masks every single-quoted literal of a script.

    Raises:
        Refused: A typographic quote or dash outside such a literal, an unfinished string or comment, a here-string.
    """
    return _Scanner(source).run()


class _Scanner:
    def __init__(self, source: str) -> None:
        self.source = source.removeprefix("\ufeff")
        self.out = list(self.source)
        self.literals: dict[int, str] = {}
        self.at = 0

    def run(self) -> Masked:
        while self.at < len(self.source):
            self.step()
        end_params(self.out)
        return Masked("".join(self.out), self.literals)

    def step(self) -> None:
        char = self.source[self.at]
        if char == "'":
            self.literal()
        elif char == '"':
            self.double()
        elif char == "#" and self._starts_token():
            self.line_comment()
        elif self.source.startswith("<#", self.at):
            self.block_comment()
        elif char == "`":
            self.at += 2
        elif char == "@" and self.source[self.at + 1 : self.at + 2] in ("'", '"'):
            raise Refused(self.source[self.at : self.at + 2], self.line())
        elif char in TYPOGRAPHIC:
            raise Refused(char, self.line())
        else:
            self.at += 1

    def line(self, at: int | None = None) -> int:
        text = self.source[: self.at if at is None else at]
        return text.count("\n") + text.count("\r") - text.count("\r\n") + 1

    def _starts_token(self) -> bool:
        return self.at == 0 or self.source[self.at - 1] in " \t\r\n;(){}|,="

    def literal(self) -> None:
        """One single-quoted literal; two quote characters in a row are the second of them."""
        start = self.at
        value: list[str] = []
        at = start + 1
        while at < len(self.source):
            char = self.source[at]
            if char in SINGLE_QUOTES:
                if self.source[at + 1 : at + 2] and self.source[at + 1] in SINGLE_QUOTES:
                    value.append(self.source[at + 1])
                    at += 2
                    continue
                break
            value.append(char)
            at += 1
        else:
            raise Refused("'", self.line(start))
        if self.source[at] != "'":
            raise Refused(self.source[at], self.line(at))
        for inside in range(start + 1, at):
            if self.out[inside] not in NEWLINES:
                self.out[inside] = "x"
        self.literals[start] = "".join(value)
        self.at = at + 1

    def double(self) -> None:
        """A double-quoted string is left as it is; `$( … )` inside may hold literals of its own."""
        start = self.at
        self.at += 1
        while self.at < len(self.source):
            char = self.source[self.at]
            if char == "`":
                self.at += 2
            elif char == '"':
                if self.source[self.at + 1 : self.at + 2] == '"':
                    self.at += 2
                    continue
                self.at += 1
                return
            elif char in TYPOGRAPHIC and char not in DASHES and char not in SINGLE_QUOTES:
                raise Refused(char, self.line())
            elif self.source.startswith("$(", self.at):
                self.subexpression()
            else:
                self.at += 1
        raise Refused('"', self.line(start))

    def subexpression(self) -> None:
        """Up to the closing parenthesis of `$(`, by the rules of code."""
        start, depth = self.at, 0
        self.at += 1
        while self.at < len(self.source):
            char = self.source[self.at]
            if char in "()":
                depth += 1 if char == "(" else -1
                self.at += 1
                if depth == 0:
                    return
            else:
                self.step()
        raise Refused("$(", self.line(start))

    def line_comment(self) -> None:
        while self.at < len(self.source) and self.source[self.at] not in NEWLINES:
            self.out[self.at] = "#" if self.out[self.at] == "#" else "x"
            self.at += 1

    def block_comment(self) -> None:
        end = self.source.find("#>", self.at + 2)
        if end < 0:
            raise Refused("<#", self.line())
        for inside in range(self.at + 2, end):
            if self.out[inside] not in NEWLINES:
                self.out[inside] = "x"
        self.at = end + 2


PARAM = re.compile(r"(?<![\w$-])param\s*\(", re.IGNORECASE)


def end_params(out: list[str]) -> None:
    """Ends a param block that is followed by code on its own line: the grammar wants a new line or `;` there."""
    text = "".join(out)
    for found in PARAM.finditer(text):
        depth, at = 1, found.end()
        while at < len(text) and depth:
            depth += {"(": 1, ")": -1}.get(text[at], 0)
            at += 1
        if text[at : at + 1] == " " and text[at:].lstrip(" ")[:1] not in ("\r", "\n", ";", "}", "#", ""):
            out[at] = ";"

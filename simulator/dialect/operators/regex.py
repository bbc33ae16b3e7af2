""".NET's regular expressions by Python's, where both mean the same; the rest is refused.

Text is in UTF-16 units on both sides, so a character beyond the basic plane is two, as in .NET. Where a class (`\\w`,
`\\s`, `\\d`) or case folding differs for a character at hand, the match is refused when it is asked for.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from simulator.dialect.faults import Net
from simulator.dialect.limits import searched
from simulator.dialect.proven import plain, use
from simulator.dialect.refuse import Refused

LITERAL_ESCAPES = frozenset("tnrfvabBwWdDsSA0123456789xu")
UNKNOWN_ESCAPES = frozenset("CEFHIJKLMNOQRTUVXYghijlmoqyz") - {"z"}
QUANTIFIER = re.compile(r"[*+?]|\{[0-9]+(?:,[0-9]*)?\}")
NAMED = re.compile(r"\(\?<([A-Za-z_]\w*)>")
OPTIONS = re.compile(r"\(\?([imsx]*)(-[imsx]+)?\)")
LETTERS = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Nd", "Pc"})
PARSE_FAULT = "System.Text.RegularExpressions.RegexParseException"


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern: the engine's own numbering of groups, and whether case counts."""

    NET = "System.Text.RegularExpressions.Regex"
    source: str
    compiled: "re.Pattern[str]"
    groups: tuple[int | str, ...]  # .NET's name of each group of Python's, from 1 on
    fold: bool
    classes: bool
    open: int = 0  # how often it repeats something without end

    def text(self) -> str:
        """The pattern as it is written."""
        return self.source

    def settle(self, words: str) -> None:
        """Refuses text that could take very long to search, or in which a class or case folding could differ."""
        searched(len(words), self.open)
        if self.classes and any(c in "\x1c\x1d\x1e\x1f" for c in words):
            raise Refused("")
        if words.isascii() and self.source.isascii():
            return
        if self.fold:
            settle_case(words, self.source)
        if self.classes:
            for char in words:
                if not char.isascii() and not same_classes(char):
                    raise Refused("")

    def search(self, words: str) -> "re.Match[str] | None":
        """The first match."""
        self.settle(words)
        return self.compiled.search(words)

    def number(self, name: int | str) -> int | None:
        """Python's number of a group that .NET calls by this number or name."""
        if name == 0:
            return 0
        return self.groups.index(name) + 1 if name in self.groups else None


@cache
def same_classes(char: str) -> bool:
    """Whether Python and .NET agree on a character's classes."""
    category = unicodedata.category(char)
    word = category in LETTERS
    space = category in ("Zs", "Zl", "Zp") or char == "\x85"
    same = re.match(r"\w", char) is not None, re.match(r"\s", char) is not None, re.match(r"\d", char) is not None
    return same == (word, space, category == "Nd") and char not in "\u200c\u200d"


def settle_case(*texts: str) -> None:
    """Refuses letters whose case folding differs between cultures or libraries."""
    for words in texts:
        if words.isascii():
            continue
        for char in words:
            if not char.isascii() and not plain_case(char):
                raise Refused("")


@cache
def plain_case(char: str) -> bool:
    """Whether a character has at most one partner in the other case, and that one has it back."""
    upper, lower = char.upper(), char.lower()
    if upper == lower == char:
        return True
    if len(upper) != 1 or len(lower) != 1 or upper.isascii() or lower.isascii():
        return False
    return upper.lower() == lower and lower.upper() == upper and char in (upper, lower) and char not in "ςΣσµμ"


@lru_cache(maxsize=512)
def regex(source: str, fold: bool = True, single: bool = False, multi: bool = False) -> Pattern:
    """A .NET pattern.

    Raises:
        Refused: Something in it means another thing in Python, or is not in the list.
        Net: .NET would not read it either.
    """
    options = OPTIONS.match(source)
    body = source
    if options is not None:
        if "x" in options[0] or (options[2] and options[2] != "-i"):
            raise Refused("")
        fold = (fold or "i" in options[1]) and options[2] != "-i"
        single, multi = single or "s" in options[1], multi or "m" in options[1]
        body = source[options.end() :]
    translator = Translator(body)
    translated, classes = translator.run()
    flags = (re.IGNORECASE if fold else re.NOFLAG) | (re.DOTALL if single else re.NOFLAG)
    flags |= re.MULTILINE if multi else re.NOFLAG
    try:
        made = re.compile(translated, flags)
    except (re.error, OverflowError) as error:
        raise Refused("") from error
    return Pattern(source, made, numbering(made), fold, classes, translator.open)


def numbering(made: "re.Pattern[str]") -> tuple[int | str, ...]:
    """.NET numbers the groups without a name first; those with one are called by it."""
    names = {number: name for name, number in made.groupindex.items()}
    out: list[int | str] = []
    count = 0
    for number in range(1, made.groups + 1):
        if number in names:
            out.append(names[number])
        else:
            count += 1
            out.append(count)
    return tuple(out)


class Translator:
    """Walks through a pattern and writes it for Python."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.out: list[str] = []
        self.classes = False
        self.depth = 0
        self.atom = False  # whether something stands before that could be repeated
        self.open = 0
        self.groups: list[int] = []  # for each group that is open: repetitions and choices before it
        self.weight = 0  # repetitions and choices so far
        self.closed = 0  # of them, how many are in the group that ends here

    def run(self) -> tuple[str, bool]:
        """(the pattern for Python, whether it uses classes of characters)"""
        while self.at < len(self.source):
            self.step()
        if self.depth:
            raise Net(PARSE_FAULT)
        return "".join(self.out), self.classes

    def take(self, size: int, written: str | None = None) -> None:
        """Copies some characters, or writes others for them."""
        use("regex", piece(self.source[self.at : self.at + size]))
        self.out.append(self.source[self.at : self.at + size] if written is None else written)
        self.at += size

    def step(self) -> None:
        """One piece."""
        char = self.source[self.at]
        before, self.closed = self.closed, 0
        if char == "\\":
            self.escape()
        elif char == "[":
            self.charset()
        elif char == "(":
            self.group()
        elif char == ")":
            self.depth -= 1
            if self.depth < 0:
                raise Net(PARSE_FAULT)
            self.take(1)
            self.atom = True
            self.closed = self.weight - self.groups.pop()
            return
        elif (found := QUANTIFIER.match(self.source, self.at)) is not None:
            self.closed = before
            self.quantifier(found[0])
            self.closed = 0
        elif char == "{":
            if self.source.startswith("{,", self.at):
                raise Refused("")
            self.take(1, "\\{")
            self.atom = True
        elif char in "# ":
            self.take(1, "\\" + char)
            self.atom = True
        else:
            self.take(1)
            self.weight += char == "|"
            self.atom = char not in "|^"
            if char == "$":
                self.atom = False

    def quantifier(self, sign: str) -> None:
        """`*`, `+`, `?`, `{2,3}` and their lazy forms."""
        if not self.atom:
            before = self.source[self.at - 1 : self.at]
            raise Net(PARSE_FAULT) if sign[0] != "{" and before in ("", "(", "|") else Refused("")
        self.take(len(sign))
        if sign in ("*", "+") or sign.endswith(",}"):
            if self.closed:
                use("regex", "nested")  # such a pattern could search for ever
            self.open += 1
            self.weight += 1
        if self.source.startswith("?", self.at):
            self.take(1)
        if (found := QUANTIFIER.match(self.source, self.at)) is not None and found[0][0] != "{":
            raise Net(PARSE_FAULT)
        self.atom = False

    def escape(self) -> None:  # noqa: C901, PLR0912
        """A backslash and what follows."""
        following = self.source[self.at + 1 : self.at + 2]
        self.atom = following not in ("b", "B", "A", "z", "Z")
        if following == "":
            raise Net(PARSE_FAULT)
        if following in ("p", "P"):
            self.category()
        elif following == "z":
            self.take(2, "\\Z")
        elif following == "Z":
            self.take(2, r"(?=\n?\Z)")
        elif following == "e":
            self.take(2, "\\x1b")
        elif following == "k":
            found = re.compile(r"\\k<([A-Za-z_]\w*)>").match(self.source, self.at)
            if not found:
                raise Refused("")
            self.take(len(found[0]), f"(?P={found[1]})")
        elif following in "xu":
            self.code(following)
        elif following.isdigit():
            if following == "0" or not re.compile(r"\\[1-9](?![0-9])").match(self.source, self.at):
                raise Refused("")
            self.take(2)
            self.out.append("(?:)")
        elif following in LITERAL_ESCAPES:
            self.classes = self.classes or following in "wWdDsSbB"
            self.take(2)
        elif following in UNKNOWN_ESCAPES or following == "_":
            raise Net(PARSE_FAULT)
        elif following.isascii() and not following.isalnum():
            self.take(2)
        else:
            raise Refused("")

    def code(self, letter: str) -> None:
        """A character by its number."""
        size = 2 if letter == "x" else 4
        digits = self.source[self.at + 2 : self.at + 2 + size]
        if not re.fullmatch(rf"[0-9a-fA-F]{{{size}}}", digits):
            raise Net(PARSE_FAULT)
        self.take(2 + size)

    def category(self) -> None:
        """`\\p{Lu}`: the characters of a category."""
        found = re.compile(r"\\([pP])\{(\w+)\}").match(self.source, self.at)
        if not found:
            raise Refused("")
        inside = ranges(found[2])
        self.take(len(found[0]), f"[{'^' if found[1] == 'P' else ''}{inside}]")

    def group(self) -> None:
        """An opening parenthesis, of a kind that both know."""
        self.depth += 1
        self.groups.append(self.weight)
        self.atom = False
        if (named := NAMED.match(self.source, self.at)) is not None:
            self.take(len(named[0]), f"(?P<{named[1]}>")
            return
        for kind in ("(?:", "(?=", "(?!", "(?<=", "(?<!", "(?i:", "(?>"):
            if self.source.startswith(kind, self.at):
                self.take(len(kind))
                return
        if self.source.startswith("(?", self.at):
            raise Refused("")
        self.take(1)

    def charset(self) -> None:
        """`[…]`: signs that Python could take for set operations are escaped."""
        start = self.at
        at = start + 1
        out = ["["]
        if self.source[at : at + 1] == "^":
            out.append("^")
            at += 1
        first = at
        while True:
            char = self.source[at : at + 1]
            if char == "":
                raise Net(PARSE_FAULT)
            if char == "]" and at > first:
                break
            if char == "\\":
                at = self.set_escape(at, out)
                continue
            if char == "[":
                if self.source[at + 1 : at + 2] == ":" or self.source[at - 1] == "-":
                    raise Refused("")
                char = "\\["
            elif char in "&~|]" or (char == "-" and (at == first or self.source[at + 1 : at + 2] == "]")):
                char = "\\" + char
            out.append(char)
            at += 1
        self.at = at + 1
        self.out.append("".join(out) + "]")
        use("regex", "set", "not" if out[1:2] == ["^"] else "-")
        for one in out[1:]:
            use("regex", "in", piece(one) if len(one) < 8 else "category")
        self.atom = True

    def set_escape(self, at: int, out: list[str]) -> int:
        """A backslash inside a set; where it ends."""
        following = self.source[at + 1 : at + 2]
        size = {"x": 4, "u": 6}.get(following, 2)
        piece = self.source[at : at + size]
        if following in ("x", "u"):
            if not re.fullmatch(r"\\[xu][0-9a-fA-F]+", piece) or len(piece) != size:
                raise Net(PARSE_FAULT)
        elif following in ("p", "P"):
            found = re.compile(r"\\p\{(\w+)\}").match(self.source, at)
            if not found:
                raise Refused("")
            out.append(ranges(found[1]))
            return at + len(found[0])
        elif following in "wWdDsS" and following:
            self.classes = True
        elif following == "e":
            piece = "\\x1b"
        elif following in UNKNOWN_ESCAPES or following in ("_", "z", "Z", "A", "B", "G", "k", ""):
            raise Net(PARSE_FAULT) if following in UNKNOWN_ESCAPES or not following else Refused("")
        elif following.isdigit() or not following.isascii():
            raise Refused("")
        out.append(piece)
        return at + size


WORDS = re.compile(r"[A-Za-z]\\w*(?=>)|[0-9]+|[0-9A-Fa-f]{2,4}$")


def piece(words: str) -> str:
    """A piece of a pattern by its form, without names and numbers."""
    if len(words) == 1:
        return plain(words) if not words.isalnum() and words.isascii() and words.isprintable() and words != " " else "x"
    return plain(WORDS.sub("9", words))


@cache
def ranges(name: str) -> str:
    """The characters of a general category (or of its first letter) as ranges for a set."""
    known = {unicodedata.category(chr(c)) for c in range(0x600)} | {"Mc", "Me", "Zl", "Zp", "Nl", "Lo", "Cs", "Co"}
    if name not in known and name not in {k[0] for k in known}:
        raise Refused("")
    out: list[str] = []
    start = -1
    for code in range(0x10001):
        inside = code < 0x10000 and unicodedata.category(chr(code)).startswith(name)
        if inside and start < 0:
            start = code
        elif not inside and start >= 0:
            out.append(f"\\u{start:04x}-\\u{code - 1:04x}" if code - 1 > start else f"\\u{start:04x}")
            start = -1
    return "".join(out)

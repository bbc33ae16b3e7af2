"""Characters, blanks, comments and lines of a source text; the ground that the parser stands on."""

import re
from bisect import bisect_right

from simulator.dialect.limits import NESTED
from simulator.dialect.refuse import Refused
from simulator.dialect.syntax.units import from_units, to_units

SINGLE_QUOTES = frozenset("'\u2018\u2019\u201a\u201b")
DOUBLE_QUOTES = frozenset('"\u201c\u201d\u201e')
DASHES = frozenset("-\u2013\u2014\u2015")
TYPOGRAPHIC = (SINGLE_QUOTES | DOUBLE_QUOTES | DASHES) - frozenset("'\"-")
BLANK = re.compile(r"[ \t\v\f]+")
CONTINUED = re.compile(r"`(?:\r\n|\r|\n)")
BREAK = re.compile(r"\r\n|\r|\n")
LINE_COMMENT = re.compile(r"#[^\r\n]*")
WORD = re.compile(r"[-@$]?\$?[^\W\d]\w*(?:-\w+)*|-?\w+|[\ud800-\udbff][\udc00-\udfff]|[^\r\n]")
REQUIRES = re.compile(r"#requires", re.I)
REQUIREMENT = re.compile(
    r"#requires[ \t]+(?:-version[ \t]+[0-9]+(?:\.[0-9]+)?|-runasadministrator|-psedition[ \t]+(?:desktop|core)"
    r"|-modules?[ \t]+(?:[A-Za-z][\w.]*|@\{[^{}#$]*\})(?:,[ \t]*(?:[A-Za-z][\w.]*|@\{[^{}#$]*\}))*)",
    re.I,
)
SIGNATURE = "sig#beginsignatureblock"


class Reader:
    """A source and a place in it. `at` is the next unit to read."""

    def __init__(self, source: str) -> None:
        self.text = to_units(source.removeprefix("\ufeff"))
        self.at = 0
        self.depth = 0
        self.requires: list[tuple[int, str]] = []  # line and words of each #Requires
        self.starts = [0, *(found.end() for found in BREAK.finditer(self.text))]

    # -- where and what
    def line(self, at: int) -> int:
        """The 1-based line of an offset; only CR and LF end a line."""
        return bisect_right(self.starts, at)

    def refuse(self, at: int | None = None, what: str = "", why: str = "") -> Refused:
        """A refusal of what stands at a place: its word, or the last one before it where nothing stands there."""
        place = self.at if at is None else at
        while place > 0 and (place >= len(self.text) or self.text[place] in "\r\n \t"):
            place -= 1
        found = WORD.match(self.text, place)
        return Refused(what or from_units(found[0] if found else ""), self.line(place), why)

    def deeper(self) -> None:
        """One more bracket or block inside another."""
        self.depth += 1
        if self.depth > NESTED:
            raise self.refuse(why=f"more than {NESTED} brackets and blocks inside each other")

    def seen(self, words: str) -> bool:
        """Whether these characters come next."""
        return self.text.startswith(words, self.at)

    def take(self, words: str) -> bool:
        """Steps over these characters if they come next."""
        if not self.text.startswith(words, self.at):
            return False
        self.at += len(words)
        return True

    def need(self, words: str) -> None:
        """Steps over these characters.

        Raises:
            Refused: Something else stands there.
        """
        if not self.take(words):
            raise self.refuse()

    def char(self, ahead: int = 0) -> str:
        """The next unit, empty at the end."""
        return self.text[self.at + ahead : self.at + ahead + 1]

    # -- what does not count
    def blanks(self) -> bool:
        """Steps over blanks, continued lines and comments; tells whether there were any."""
        start = self.at
        while True:
            if found := BLANK.match(self.text, self.at) or CONTINUED.match(self.text, self.at):
                self.at = found.end()
            elif self.char() == "#":
                self.line_comment()
            elif self.seen("<#"):
                self.block_comment()
            else:
                return self.at > start

    def breaks(self) -> bool:
        """Steps over blanks and line ends; tells whether there was a line end."""
        broken = False
        while True:
            self.blanks()
            found = BREAK.match(self.text, self.at)
            if not found:
                return broken
            self.at, broken = found.end(), True

    def line_comment(self) -> None:
        """A comment up to the end of its line; one that the engine could take for a signature is refused."""
        found = LINE_COMMENT.match(self.text, self.at)
        assert found is not None
        bare = re.sub(r"\s", "", found[0]).lstrip("#").lower()
        if "sig" in bare[:12] and distance(bare, SIGNATURE) < 10:
            raise self.refuse()
        if REQUIRES.match(found[0]):
            self.requirement(found[0])
        self.at = found.end()

    def requirement(self, words: str) -> None:
        """A `#Requires`: of a version, of modules, of rights; each kind once, as the engine wants it."""
        here = (self.line(self.at), words)
        if here in self.requires:
            return
        if not REQUIREMENT.fullmatch(words.rstrip()):
            raise self.refuse(what=words.split(maxsplit=1)[0])
        kind = words.split()[1].lower()
        if kind == "-version" and any(w.split()[1].lower() == kind for _, w in self.requires):
            raise self.refuse(what=words.split(maxsplit=1)[0])
        self.requires.append(here)

    def block_comment(self) -> None:
        """A comment from `<#` to the first `#>`."""
        end = self.text.find("#>", self.at + 2)
        if end < 0:
            raise self.refuse(what="<#")
        self.at = end + 2


def distance(left: str, right: str) -> int:
    """How many characters must change to make one text the other."""
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(right, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]

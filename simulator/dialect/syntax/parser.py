"""Statements: branches, loops, handlers, what leaves them; and `parse`."""

import re

from simulator.dialect.syntax.blocks import Blocks
from simulator.dialect.syntax.nodes import (
    Block,
    Body,
    Expression,
    Flow,
    For,
    ForEach,
    Function,
    If,
    Statement,
    Switch,
    Try,
    TypeName,
    While,
)

WORD = re.compile(r"[A-Za-z_][\w-]*")
LABEL = re.compile(r":([A-Za-z_]\w*)")
FLAG = re.compile(r"-([A-Za-z]+)(?![\w-])")
FLAGS = ("wildcard", "regex", "exact", "casesensitive")
LOOPS = ("foreach", "for", "while", "do", "switch")
ELSEWHERE = frozenset(
    [
        "begin",
        "process",
        "end",
        "clean",
        "dynamicparam",
        "param",
        "else",
        "elseif",
        "catch",
        "finally",
        "until",
        "trap",
        "filter",
        "class",
        "enum",
        "using",
        "data",
        "workflow",
        "configuration",
        "parallel",
        "in",
        "sequence",
        "inlinescript",
        "define",
        "from",
        "var",
        "hidden",
        "static",
    ]
)


def parse(source: str) -> "tuple[Parser, Body]":
    """The tree of a script, and the parser that knows its lines.

    Raises:
        Refused: Something that the engine would not parse, or that the dialect does not have.
    """
    parser = Parser(source)
    return parser, parser.script()


class Parser(Blocks):
    """Reads a whole script."""

    def script(self) -> Body:
        """Everything."""
        made = self.body()
        if self.at < len(self.text):
            raise self.refuse()
        return made

    def statements(self, end: str) -> Block:
        """Statements up to a closing sign, which is left standing; without one up to the end of the text."""
        start = self.at
        found: list[Statement] = []
        while True:
            while self.breaks() or self.take(";"):
                pass
            if self.at >= len(self.text) or self.char() in (")", "}"):
                if self.char() != end:
                    raise self.refuse()
                return Block(start, self.at, found)
            self.deeper()
            made = self.statement()
            self.depth -= 1
            found.append(made)
            self.blanks()
            closed = isinstance(made, If | For | ForEach | Switch | Try | Function)
            closed = closed or (isinstance(made, While) and not made.first)
            if not closed and self.char() not in (";", end, "\r", "\n", ""):
                raise self.refuse()

    def statement(self) -> Statement:
        """One statement."""
        label = ""
        if found := LABEL.match(self.text, self.at):
            label = found[1].lower()
            self.at = found.end()
            self.breaks()
        word = self.keyword()
        if (label and word not in LOOPS) or word in ELSEWHERE:
            raise self.refuse()
        plain = {"if": self.condition, "try": self.attempt, "function": self.function}
        if word in plain:
            return plain[word]()
        loops = {"foreach": self.each, "for": self.counted, "while": self.during, "do": self.once, "switch": self.cases}
        if word in loops:
            return loops[word](label)
        if word in ("return", "throw", "exit", "break", "continue"):
            return self.flow(word)
        return self.pipeline()

    def keyword(self) -> str:
        """The word that stands here, in lower case; nothing where it is part of a longer name."""
        found = WORD.match(self.text, self.at)
        after = self.text[found.end() : found.end() + 1] if found else ""
        if not found or after in (".", "\\", ":", "/"):
            return ""
        return found[0].lower()

    def word(self) -> int:
        """Steps over the keyword that stands here; where it began."""
        start = self.at
        found = WORD.match(self.text, start)
        assert found is not None
        self.at = found.end()
        return start

    def bracketed(self) -> Statement:
        """`( pipeline )` after a keyword."""
        self.breaks()
        self.need("(")
        self.breaks()
        made = self.pipeline()
        self.breaks()
        self.need(")")
        return made

    def next_word(self, *words: str) -> str:
        """One of these keywords if it comes next, over line ends too, and steps before it; else stays."""
        before = self.at
        self.breaks()
        if (word := self.keyword()) in words:
            return word
        self.at = before
        return ""

    # -- branches and loops
    def condition(self) -> If:
        """if, elseif, else."""
        start = self.word()
        branches = [(self.bracketed(), self.block())]
        otherwise: Block | None = None
        end = self.at
        while word := self.next_word("elseif", "else"):
            self.word()
            if word == "else":
                otherwise = self.block()
            else:
                branches.append((self.bracketed(), self.block()))
            end = self.at
            if otherwise is not None:
                break
        return If(start, end, branches, otherwise)

    def each(self, label: str) -> ForEach:
        """foreach ($x in …) {…}"""
        start = self.word()
        self.breaks()
        self.need("(")
        self.breaks()
        if not self.seen("$"):
            raise self.refuse()
        variable = self.variable()
        self.breaks()
        if self.keyword() != "in":
            raise self.refuse()
        self.word()
        self.breaks()
        items = self.pipeline()
        self.breaks()
        self.need(")")
        body = self.block()
        return ForEach(start, self.at, variable, items, body, label)

    def counted(self, label: str) -> For:
        """for (start; condition; step) {…}, each part optional."""
        start = self.word()
        self.breaks()
        self.need("(")
        parts: list[Statement | None] = []
        for end in (";", ";", ")"):
            self.breaks()
            parts.append(None if self.seen(end) else self.pipeline())
            self.breaks()
            self.need(end)
        body = self.block()
        return For(start, self.at, parts[0], parts[1], parts[2], body, label)

    def during(self, label: str) -> While:
        """while (…) {…}"""
        start = self.word()
        condition = self.bracketed()
        body = self.block()
        return While(start, self.at, condition, body, label)

    def once(self, label: str) -> While:
        """do {…} while (…), do {…} until (…)"""
        start = self.word()
        body = self.block()
        word = self.next_word("while", "until")
        if not word:
            raise self.refuse()
        self.word()
        condition = self.bracketed()
        return While(start, self.at, condition, body, label, first=True, until=word == "until")

    # -- switch
    def cases(self, label: str) -> Switch:
        """switch -Flag (…) { … }"""
        start = self.word()
        flags: list[str] = []
        self.breaks()
        while found := FLAG.match(self.text, self.at):
            if found[1].lower() not in FLAGS:
                raise self.refuse()
            flags.append(found[1].lower())
            self.at = found.end()
            self.breaks()
        if len({"wildcard", "regex", "exact"}.intersection(flags)) > 1 or len(set(flags)) != len(flags):
            raise self.refuse(start)
        subject = self.bracketed()
        self.breaks()
        self.need("{")
        clauses: list[tuple[Expression | None, Block]] = []
        while True:
            while self.breaks() or self.take(";"):
                pass
            if self.take("}"):
                break
            clauses.append(self.clause(any(test is None for test, _ in clauses)))
        if not clauses:
            raise self.refuse(start)
        return Switch(start, self.at, flags, subject, clauses, label)

    def clause(self, has_default: bool) -> tuple[Expression | None, Block]:
        """A test (None for default) and its block."""
        if self.keyword() == "default":
            if has_default:
                raise self.refuse()
            self.word()
            return None, self.block()
        test = self.single_argument()
        return test, self.block()

    # -- handlers
    def attempt(self) -> Try:
        """try, catch by type, finally."""
        start = self.word()
        body = self.block()
        handlers: list[tuple[list[TypeName], Block]] = []
        final: Block | None = None
        end = self.at
        while word := self.next_word("catch", "finally"):
            at = self.word()
            if word == "catch":
                if handlers and not handlers[-1][0]:
                    raise self.refuse(at)  # nothing can come behind a handler of everything
                handlers.append((self.caught(), self.block()))
            else:
                final = self.block()
            end = self.at
            if final is not None:
                break
        if not handlers and final is None:
            raise self.refuse(start)
        return Try(start, end, body, handlers, final)

    def caught(self) -> list[TypeName]:
        """The types of a handler."""
        found: list[TypeName] = []
        self.breaks()
        while self.seen("["):
            found.append(self.type_name())
            self.breaks()
            if self.take(","):
                self.breaks()
        return found

    # -- what leaves
    def flow(self, word: str) -> Flow:
        """return, throw, exit with a value; break, continue with a label."""
        start = self.word()
        end = self.at
        self.blanks()
        if self.char() in (";", "}", ")", "\r", "\n", ""):
            return Flow(start, end, word, None)
        if word in ("break", "continue"):
            found = WORD.match(self.text, self.at)
            if not found or "-" in found[0]:
                raise self.refuse()
            self.at = found.end()
            return Flow(start, self.at, word, None, found[0].lower())
        value = self.pipeline()
        return Flow(start, value.end, word, value)

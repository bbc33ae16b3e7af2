"""Expressions: operands with what hangs on them, signs, casts, lists, and the order of operators."""

import re

from simulator.dialect.syntax.nodes import (
    Binary,
    BlockValue,
    Body,
    Call,
    Cast,
    Expression,
    Index,
    List,
    Member,
    Number,
    Paren,
    Statement,
    Sub,
    Table,
    Text,
    TypeName,
    Unary,
    Variable,
)
from simulator.dialect.syntax.numbers import number_at, value_of
from simulator.dialect.syntax.quoted import Quoted, of_name

RANKS: dict[str, int] = {"-and": 1, "-or": 1, "-xor": 1, "-band": 2, "-bor": 2, "-bxor": 2}
FOLDING: tuple[str, ...] = (
    "eq",
    "ne",
    "gt",
    "ge",
    "lt",
    "le",
    "like",
    "notlike",
    "match",
    "notmatch",
    "contains",
    "notcontains",
)
FOLDING += ("in", "notin", "replace", "split")
RANKS |= {f"-{prefix}{name}": 3 for name in FOLDING for prefix in ("", "i", "c")}
RANKS |= dict.fromkeys(("-is", "-isnot", "-as", "-join", "-shl", "-shr"), 3)
RANKS |= {"+": 4, "-": 4, "*": 5, "/": 5, "%": 5, "-f": 6, "..": 7}
SIGN = re.compile(r"-[A-Za-z]+(?![\w-])|\.\.|\+(?![+=])|-(?![-=A-Za-z_])|\*(?!=)|/(?!=)|%(?!=)")
UNARY = re.compile(r"-(?:not|bnot|join|split|isplit|csplit)(?![\w-])|!", re.I)
WORDED = re.compile(r"-[A-Za-z]")
SIGNED = re.compile(r"[-+](?=\.?[0-9])")
SIMPLE = re.compile(r"[^\W\d]\w*")
KEY = re.compile(r"[^\W\d]\w*(?=[ \t]*=)")
TYPE = re.compile(r"\[([A-Za-z_][\w.+]*(?:\[[\w.+,\[\] ]*\])*)\]")


class Expressions(Quoted):
    """Reads expressions."""

    def pipeline(self) -> Statement:
        """A pipeline or an assignment (the parser's)."""
        raise self.refuse()

    def statement(self) -> Statement:
        """A statement (the parser's)."""
        raise self.refuse()

    def braced_body(self) -> Body:
        """What stands in a script block (the parser's)."""
        raise self.refuse()

    # -- operators
    def expression(self, *, commas: bool = True, least: int = 1) -> Expression:
        """An expression; without `commas` it ends before one, as the arguments of a method do."""
        left = self.operand(commas)
        while True:
            before = self.at
            self.blanks()
            found = SIGN.match(self.text, self.at)
            sign = found[0].lower() if found else ""
            rank = RANKS.get(sign, 0)
            if not found or rank < least:
                self.at = before
                return left
            sign_at = self.at
            self.at = found.end()
            self.breaks()
            right = self.expression(commas=commas, least=rank + 1)
            left = Binary(left.at, right.end, sign, sign_at, left, right)

    def operand(self, commas: bool) -> Expression:
        """One operand, or several with commas between."""
        first = self.unary()
        if not commas:
            return first
        items = [first]
        while True:
            before = self.at
            self.blanks()
            if not self.take(","):
                self.at = before
                break
            self.breaks()
            items.append(self.unary())
        return first if len(items) == 1 else List(first.at, items[-1].end, items)

    def unary(self) -> Expression:
        """A sign and its operand, a cast, or an operand with what hangs on it."""
        self.deeper()
        made = self.signed_or_not()
        self.depth -= 1
        return made

    def signed_or_not(self) -> Expression:
        """What `unary` reads."""
        start = self.at
        if SIGNED.match(self.text, start):
            return self.number()
        if found := UNARY.match(self.text, start):
            return self.signed(start, found[0].lower(), found.end())
        for sign in ("++", "--", "-", "+", ","):
            if self.seen(sign):
                return self.signed(start, sign, start + len(sign))
        if self.char() == "[":
            return self.cast()
        made = self.primary()
        for sign in ("++", "--"):
            if self.seen(sign):
                self.at += 2
                return Unary(start, self.at, sign, self.assignable(made), after=True)
        return made

    def signed(self, start: int, sign: str, end: int) -> Unary:
        """A sign and what it stands before."""
        self.at = end
        self.breaks()
        operand = self.unary()
        if sign in ("++", "--"):
            operand = self.assignable(operand)
        return Unary(start, operand.end, sign, operand)

    def assignable(self, target: Expression) -> Expression:
        """What may be assigned to.

        Raises:
            Refused: Anything else.
        """
        known = isinstance(target, Variable | Index) or (isinstance(target, Member) and not target.static)
        if not known or (isinstance(target, Variable) and target.splatted):
            raise self.refuse(target.at)
        return target

    def cast(self) -> Expression:
        """`[type] operand`, `[type]::member`, or `[type]` alone."""
        start = self.at
        kind = self.type_name()
        if self.seen("::") or (self.char() == "." and of_name(self.char(1))):
            return self.hanging(kind)
        before = self.at
        self.blanks()
        if not self.char() or (self.char() not in "$'\"@([{-+!" and not self.char().isdigit()):
            self.at = before
            return kind
        if WORDED.match(self.text, self.at) and not UNARY.match(self.text, self.at):
            self.at = before  # `[int] -eq …`: a comparison of types
            return kind
        operand = self.unary()
        return Cast(start, operand.end, kind, operand)

    # -- operands
    def primary(self) -> Expression:
        """An operand with its members, calls and indexes."""
        return self.hanging(self.atom())

    def atom(self) -> Expression:  # noqa: PLR0911
        """A value, a variable, or something in brackets."""
        char, two = self.char(), self.text[self.at : self.at + 2]
        if two == "$(":
            return self.sub()
        if two in ("@'", '@"'):
            return self.here()
        if two == "@(":
            return self.array()
        if two == "@{":
            return self.table()
        if char == "$":
            return self.variable()
        if char == "'":
            return self.single()
        if char == '"':
            return self.double()
        if char == "(":
            return self.paren()
        if char == "{":
            return self.block_value()
        if char == "[":
            return self.type_name()
        return self.number()

    def number(self) -> Number:
        """A number with its sign, of a type that is settled."""
        start = self.at
        sign = -1 if self.char() == "-" else 1
        found = number_at(self.text, start + (self.char() in ("-", "+") and self.char() != ""))
        if found is None:
            raise self.refuse()
        value = value_of(found, sign)
        after = self.text[found.end() : found.end() + 2]
        if value is None or of_name(after[:1] or " ") or (after[:1] == "." and after != ".."):
            raise self.refuse(start, self.text[start : found.end()])
        self.at = found.end()
        return Number(start, self.at, value, self.text[start : self.at])

    def paren(self) -> Paren:
        """`( pipeline )`."""
        start = self.at
        self.at += 1
        self.breaks()
        inner = self.pipeline()
        self.breaks()
        self.need(")")
        return Paren(start, self.at, inner)

    def array(self) -> Sub:
        """`@( statements )`."""
        start = self.at
        self.at += 2
        body = self.statements(")")
        self.need(")")
        return Sub(start, self.at, body, array=True)

    def block_value(self) -> BlockValue:
        """`{ … }`."""
        start = self.at
        body = self.braced_body()
        return BlockValue(start, self.at, body)

    def type_name(self) -> TypeName:
        """`[name]`; an attribute in front of an expression is outside the dialect."""
        found = TYPE.match(self.text, self.at)
        if not found:
            raise self.refuse(what="[")
        start, self.at = self.at, found.end()
        return TypeName(start, self.at, found[1])

    def table(self) -> Table:
        """`@{ key = statement; … }`, each key once."""
        start = self.at
        self.at += 2
        pairs: list[tuple[Expression, Statement]] = []
        seen: set[str] = set()
        self.breaks()
        while not self.seen("}"):
            key = self.key()
            if isinstance(key, Text | Number):
                word = key.value.upper() if isinstance(key, Text) else repr(key.value)
                if word in seen:
                    raise self.refuse(key.at)
                seen.add(word)
            self.blanks()
            self.need("=")
            self.breaks()
            pairs.append((key, self.statement()))
            self.blanks()
            if not self.seen("}") and not self.take(";") and not self.breaks():
                raise self.refuse()
            while self.breaks() or self.take(";"):
                pass
        self.at += 1
        return Table(start, self.at, pairs)

    def key(self) -> Expression:
        """A key: a bare word, or an operand."""
        start = self.at
        if found := KEY.match(self.text, start):
            self.at = found.end()
            return Text(start, self.at, found[0], "bare")
        if not self.char() or (self.char() not in "$'\"(-" and not self.char().isdigit()):
            raise self.refuse()
        return self.unary()

    # -- what hangs on an operand
    def hanging(self, target: Expression) -> Expression:
        """Members, calls and indexes, each directly behind what it belongs to."""
        while True:
            if self.seen("::"):
                if not isinstance(target, TypeName):
                    raise self.refuse(what="::")
                self.at += 2
                target = self.member(target, static=True)
            elif self.char() == "." and self.char(1) != "." and self.char(1) not in ("", " ", "\r", "\n"):
                self.at += 1
                target = self.member(target, static=False)
            elif self.char() == "[" and not isinstance(target, TypeName):
                target = self.indexed(target)
            else:
                return target

    def member(self, target: Expression, *, static: bool) -> Expression:
        """A member's name, and its arguments where it is called."""
        start = self.at
        name: Expression
        if found := SIMPLE.match(self.text, start):
            self.at = found.end()
            name = Text(start, self.at, found[0], "bare")
        elif self.char() == "'":
            name = self.single()
        elif self.char() == '"':
            name = self.double()
        elif self.char() == "$" and self.char(1) != "(":
            name = self.variable()
        elif self.char() == "(":
            name = self.paren()
        else:
            raise self.refuse()
        if self.char() == "(":
            arguments = self.arguments()
            return Call(target.at, self.at, target, name, arguments, static)
        if self.char() == "{":
            raise self.refuse(what="{")
        return Member(target.at, self.at, target, name, static)

    def arguments(self) -> list[Expression]:
        """The arguments of a method, between parentheses."""
        found: list[Expression] = []
        self.at += 1
        self.breaks()
        if self.take(")"):
            return found
        while True:
            found.append(self.expression(commas=False))
            self.breaks()
            if self.take(")"):
                return found
            self.need(",")
            self.breaks()

    def indexed(self, target: Expression) -> Index:
        """`target[index]`."""
        self.at += 1
        self.breaks()
        index = self.expression()
        self.breaks()
        self.need("]")
        return Index(target.at, self.at, target, index)

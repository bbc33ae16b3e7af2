"""Commands: their names, what stands after them, redirections, and pipelines."""

import re

from simulator.dialect.syntax.expressions import Expressions
from simulator.dialect.syntax.nodes import (
    Argument,
    Assignment,
    Cast,
    Command,
    Expression,
    Index,
    List,
    Member,
    Number,
    Pipeline,
    Redirection,
    Statement,
    Text,
    Value,
    Variable,
)
from simulator.dialect.syntax.numbers import number_at, value_of
from simulator.dialect.syntax.reader import TYPOGRAPHIC

NAME = re.compile(r"[^\W\d][\w\-.:\\/]*")
BARE = re.compile(r"[^\s{}();,|&`$\"'@<>#\-\[\]][^\s{}();,|&`$\"'<>]*")
DASHED = re.compile(r"-([A-Za-z_?][\w?\-]*)(:?)")
REDIRECTION = re.compile(r"(?P<stream>[1-6*])?>(?P<more>>?)(?P<merge>&[12])?")
SPLAT = re.compile(r"@([^\W\d]\w*)")
ASSIGN = re.compile(r"(?:[-+*/%]|\?\?)?=(?!=)")
ENDS = frozenset(";|)}\r\n") | {""}


class Commands(Expressions):
    """Reads commands and pipelines."""

    # -- pipelines
    def pipeline(self) -> Statement:
        """An assignment, or expressions and commands joined by `|`."""
        start = self.at
        if self.at_command():
            return self.piped(start, self.command())
        made = self.expression()
        self.blanks()
        if found := ASSIGN.match(self.text, self.at):
            return self.assignment(made, found)
        return self.piped(start, Value(start, made.end, made, self.redirections()))

    def piped(self, start: int, first: "Command | Value") -> Pipeline:
        """The rest of a pipeline."""
        parts: list[Command | Value] = [first]
        while self.another():
            self.breaks()
            parts.append(self.command())
        self.blanks()
        if self.char() not in ENDS:
            raise self.refuse()
        return Pipeline(start, parts[-1].end, parts)

    def another(self) -> bool:
        """Whether `|` comes next, at the end of this line or at the beginning of a later one."""
        self.blanks()
        before = self.at
        if self.breaks():
            if self.char() == "." and self.char(1) not in (" ", "\t", ""):
                raise self.refuse()  # a member on a line of its own
            if not self.seen("|") or self.seen("||"):
                self.at = before
                return False
        if self.seen("||") or self.seen("&"):
            raise self.refuse()
        return self.take("|")

    def assignment(self, target: Expression, found: "re.Match[str]") -> Assignment:
        """`target = statement`."""
        if found[0] == "??=":
            raise self.refuse(what="??=")
        self.settable(target)
        self.at = found.end()
        self.breaks()
        value = self.statement()
        return Assignment(target.at, value.end, target, found[0], value)

    def settable(self, target: Expression) -> None:
        """Refuses what cannot be assigned to."""
        if isinstance(target, List):
            for item in target.items:
                self.settable(item)
        elif isinstance(target, Cast):
            self.settable(target.operand)
        elif not isinstance(target, Variable | Index | Member) or (isinstance(target, Member) and target.static):
            raise self.refuse(target.at)

    # -- commands
    def at_command(self) -> bool:
        """Whether a command stands here rather than an expression."""
        char = self.char()
        if char == "&" or (char == "." and self.char(1) in (" ", "\t")):
            return True
        return NAME.match(self.text, self.at) is not None

    def command(self) -> Command:
        """A command with its arguments, up to the end of its part of the pipeline."""
        start = self.at
        operator, name = self.command_name()
        arguments: list[Argument] = []
        redirections: list[Redirection] = []
        end = name.end
        while True:
            apart = self.blanks()
            if self.char() in ENDS:
                return Command(start, end, name, arguments, operator, redirections)
            if not apart and not (self.char() == "(" and arguments and isinstance(arguments[-1].value, Text)):
                raise self.refuse()
            made: Argument | Redirection | None = self.redirection()
            if isinstance(made, Redirection):
                redirections.append(made)
            else:
                made = self.argument()
                arguments.append(made)
            end = made.end

    def command_name(self) -> tuple[str, Expression]:
        """(call operator, name)."""
        operator = self.char() if self.char() in ("&", ".") else ""
        if operator:
            self.at += 1
            self.blanks()
            if self.char() in ("$", "'", '"', "(", "{"):
                return operator, self.primary()
        found = NAME.match(self.text, self.at)
        if not found or TYPOGRAPHIC.intersection(found[0]):
            raise self.refuse()
        after = self.text[found.end() : found.end() + 1]
        if after not in ENDS and after not in " \t`":
            raise self.refuse(found.end(), found[0] if after == "(" else "")
        start, self.at = self.at, found.end()
        return operator, Text(start, self.at, found[0], "bare")

    def argument(self) -> Argument:
        """A parameter, a splatted variable, or one argument."""
        start = self.at
        if self.seen("-") and not number_at(self.text, start + 1):
            return self.named()
        if found := SPLAT.match(self.text, start):
            self.at = found.end()
            self.apart()
            return Argument(start, self.at, "", Variable(start, self.at, found[1], splatted=True))
        value = self.listed()
        return Argument(start, value.end, "", value)

    def named(self) -> Argument:
        """`-Name` or `-Name:value`."""
        start = self.at
        found = DASHED.match(self.text, start)
        if not found:
            raise self.refuse()
        self.at = found.end()
        if not found[2]:
            self.apart()
            return Argument(start, self.at, found[1], None)
        self.blanks()
        if self.char() in ENDS:
            raise self.refuse(start)
        value = self.listed()
        return Argument(start, value.end, found[1], value, colon=True)

    def listed(self) -> Expression:
        """One argument, or several with commas between."""
        items = [self.single_argument()]
        while True:
            before = self.at
            self.blanks()
            if not self.take(","):
                self.at = before
                break
            self.breaks()
            items.append(self.single_argument())
        return items[0] if len(items) == 1 else List(items[0].at, items[-1].end, items)

    def single_argument(self) -> Expression:
        """A bare word, a number, or an operand with what hangs on it; something else must not follow directly."""
        start = self.at
        char = self.char()
        signed = start + (char == "-")
        if char == "+" and number_at(self.text, start + 1):
            raise self.refuse(start)  # a number, or a word: which of them is not settled
        if (number := number_at(self.text, signed)) and self.free(number.end()):
            value = value_of(number, -1 if char == "-" else 1)
            if value is None:
                raise self.refuse(start, number[0])
            self.at = number.end()
            return Number(start, self.at, value, self.text[start : self.at])
        made: Expression
        if char and (char in "$'\"({" or self.text[start : start + 2] in ("@(", "@{", "@'", '@"')):
            made = self.primary()
        else:
            return self.bare()
        self.apart()
        return made

    def bare(self) -> Text:
        """A word without quotes."""
        found = BARE.match(self.text, self.at)
        if not found or TYPOGRAPHIC.intersection(found[0]):
            raise self.refuse()
        if not self.followed(found.end()):
            raise self.refuse(found.end())
        start, self.at = self.at, found.end()
        return Text(start, self.at, found[0], "bare")

    def free(self, at: int) -> bool:
        """Whether an argument may end here."""
        char = self.text[at : at + 1]
        return char in ENDS or char in " \t,`"

    def followed(self, at: int) -> bool:
        """Whether a bare word may end here: a parenthesis behind it begins the next argument."""
        return self.free(at) or self.text[at : at + 1] == "("

    def apart(self) -> None:
        """Refuses what stands directly behind an argument: the engine would glue or split it."""
        if not self.free(self.at):
            raise self.refuse()

    # -- redirections
    def redirections(self) -> list[Redirection]:
        """Those after an expression."""
        found: list[Redirection] = []
        while made := self.redirection():
            found.append(made)
            self.blanks()
        return found

    def redirection(self) -> Redirection | None:
        """`2>$null`, `2>&1` and the like; into a file is outside the dialect."""
        start = self.at
        found = REDIRECTION.match(self.text, start)
        if not found:
            return None
        stream = found["stream"] or "1"
        self.at = found.end()
        if found["merge"] == "&1" and not found["more"] and stream not in ("1", "5", "6"):
            into = "output"
        else:
            self.blanks()
            if found["merge"] or found["more"] or not self.text[self.at : self.at + 5].lower() == "$null":
                raise self.refuse(start, found[0])
            self.at += 5
            into = "null"
        self.apart()
        return Redirection(start, self.at, stream, into)

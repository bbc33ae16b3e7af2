"""Strings: single and double quotes, here-strings, and the names of variables in them."""

import re
from typing import TYPE_CHECKING

from simulator.dialect.syntax.nodes import Expandable, Expression, Sub, Text, Variable
from simulator.dialect.syntax.reader import BREAK, DOUBLE_QUOTES, SINGLE_QUOTES, Reader

if TYPE_CHECKING:
    from simulator.dialect.syntax.nodes import Block

ESCAPES = {"0": "\0", "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
LATER = ("e", "u")  # escapes that exist only from PowerShell 6 on
HEADER = re.compile(r"@['\"][ \t]*(?:\r\n|\r|\n)")
SCOPES = ("script", "global", "local", "private", "env", "variable", "function", "using", "alias")


def of_name(char: str) -> bool:
    """Whether a unit may stand in a variable's name."""
    return (char.isascii() and (char.isalnum() or char == "_")) or (not char.isascii() and is_letter(char))


def is_letter(char: str) -> bool:
    """A letter or a decimal digit beyond ASCII, one unit wide."""
    return char.isalpha() or char.isdecimal()


class Quoted(Reader):
    """Reads strings and variables."""

    def statements(self, end: str) -> "Block":
        """Statements up to a closing sign (the parser's)."""
        raise self.refuse(what=end)

    # -- single quotes
    def single(self) -> Text:
        """`'…'`: two quote signs in a row are the second of them; only U+0027 may end it."""
        start = self.at
        value: list[str] = []
        at = start + 1
        while at < len(self.text):
            char = self.text[at]
            if char in SINGLE_QUOTES:
                following = self.text[at + 1 : at + 2]
                if not following or following not in SINGLE_QUOTES:
                    break
                char = following
                at += 1
            value.append(char)
            at += 1
        else:
            raise self.refuse(start, "'")
        if self.text[at] != "'":
            raise self.refuse(at, self.text[at])
        self.at = at + 1
        return Text(start, self.at, "".join(value), "single")

    # -- double quotes
    def double(self) -> Expression:
        """`"…"`."""
        start = self.at
        self.at += 1
        return self.expandable(start, here=False)

    def expandable(self, start: int, *, here: bool) -> Expression:
        """What stands between double quotes, up to and over the closing ones."""
        parts: list[str | Expression] = []
        plain: list[str] = []
        while not self.closed(here):
            if self.at >= len(self.text):
                raise self.refuse(start, '"')
            char = self.text[self.at]
            if char == "`":
                plain.append(self.escape())
            elif char == "$" and (made := self.expansion()) is not None:
                parts += ["".join(plain), made]
                plain = []
            elif char in DOUBLE_QUOTES and not here:
                if char != '"':
                    raise self.refuse(what=char)
                self.at += 2  # doubled
                plain.append('"')
            else:
                plain.append(char)
                self.at += 1
        kind = "here-double" if here else "double"
        self.at = self.footer() if here else self.at + 1
        if not parts:
            return Text(start, self.at, "".join(plain), kind)
        return Expandable(start, self.at, [p for p in [*parts, "".join(plain)] if p != ""], kind)

    def closed(self, here: bool) -> bool:
        """Whether the string ends here."""
        if here:
            return self.footer() > 0
        return self.char() == '"' and self.char(1) != '"'

    def escape(self) -> str:
        """A backtick and what it stands for."""
        following = self.char(1)
        if not following or following in LATER or following in "\r\n":
            raise self.refuse(what="`")
        self.at += 2
        return ESCAPES.get(following, following)

    def expansion(self) -> Expression | None:
        """`$name`, `${name}` or `$( … )` in a string; None where the dollar sign is just that."""
        following = self.char(1)
        if following == "(":
            return self.sub()
        if following == "{" or of_name(following) or following in ("?", "^", "$", ":"):
            return self.variable(quoted=True)
        return None

    def sub(self) -> Sub:
        """`$( … )`."""
        start = self.at
        self.at += 2
        body = self.statements(")")
        self.need(")")
        return Sub(start, self.at, body, array=False)

    # -- here-strings
    def here(self) -> Expression:
        """`@'` or `@"` and a line end … a line end and `'@` or `"@`."""
        start = self.at
        found = HEADER.match(self.text, start)
        if not found:
            raise self.refuse(start, self.text[start : start + 2])
        body = found.end()
        if self.text[start + 1] == '"':
            return self.here_double(start, body)
        end = body
        if self.text.startswith("'@", body):  # nothing between
            self.at = body + 2
            return Text(start, self.at, "", "here-single")
        for line in BREAK.finditer(self.text, body):
            quote = self.text[line.end() : line.end() + 2]
            if len(quote) == 2 and quote[0] in SINGLE_QUOTES and quote[1] == "@":
                if quote[0] != "'":
                    raise self.refuse(line.end(), quote[0])
                end = line.start()
                self.at = line.end() + 2
                return Text(start, self.at, self.text[body:end], "here-single")
        raise self.refuse(start, "@'")

    def here_double(self, start: int, body: int) -> Expression:
        """A here-string with expressions."""
        self.at = body
        if self.text.startswith('"@', body):
            self.at = body + 2
            return Text(start, self.at, "", "here-double")
        return self.expandable(start, here=True)

    def footer(self) -> int:
        """Where a double-quoted here-string ends if its closing line comes next, else 0."""
        found = BREAK.match(self.text, self.at)
        if not found:
            return 0
        quote = self.text[found.end() : found.end() + 2]
        if len(quote) == 2 and quote[0] in DOUBLE_QUOTES and quote[1] == "@":
            if quote[0] != '"':
                raise self.refuse(found.end(), quote[0])
            return found.end() + 2
        return 0

    # -- variables
    def variable(self, *, quoted: bool = False) -> Variable:
        """`$name` or `${name}`; the name keeps its scope.

        Raises:
            Refused: A name that the engine would not read, or a drive that the dialect does not have.
        """
        start = self.at
        if self.char(1) == "{":
            end = self.text.find("}", start)
            name = self.text[start + 2 : end]
            if end < 0 or not name or any(c in "`{\r\n" for c in name):
                raise self.refuse(start)
            self.at = end + 1
            self.scoped(name, start)
            return Variable(start, self.at, name, braced=True)
        at = start + 1
        while at < len(self.text):
            char = self.text[at]
            if char == ":" and self.text[at + 1 : at + 2] == ":":
                break
            if not (of_name(char) or char in "?:"):
                break
            at += 1
        name = self.text[start + 1 : at]
        if not name or name == "?" or name.endswith(":") or name.startswith(":"):
            raise self.refuse(start, self.text[start : max(at, start + 1)])
        if "?" in name and not quoted:
            raise self.refuse(start, self.text[start:at])
        self.at = at
        self.scoped(name, start)
        return Variable(start, at, name)

    def scoped(self, name: str, start: int) -> None:
        """Refuses a scope or drive that is none of those known."""
        scope, colon, rest = name.partition(":")
        if colon and (scope.lower() not in SCOPES or ":" in rest or not rest):
            raise self.refuse(start, self.text[start : self.at])

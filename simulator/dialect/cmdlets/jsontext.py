"""Reading JSON as the engine's reader does, which takes a little more than the standard: bare and single-quoted names,
comments, trailing commas."""

import re
from typing import Any

from simulator.dialect.cmdlets.items import COMMANDS
from simulator.dialect.faults import Thrown, by_cmdlet
from simulator.dialect.refuse import Refused
from simulator.dialect.syntax.numbers import INT64
from simulator.dialect.values import Array, Int64, Obj, Value

BLANKS = re.compile(r"(?:[ \t\r\n]+|/\*.*?\*/)*", re.S)
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?(?![\w.+-])")
WORD = re.compile(r"(true|false|null)(?!\w)")
NAME = re.compile(r"[A-Za-z_$][\w$]*")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d|/Date\(")
ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "'": "'"}
COMMAND = f"{COMMANDS}.ConvertFromJsonCommand"


def broken() -> Thrown:
    """Text that is no JSON."""
    return by_cmdlet(f"System.ArgumentException,{COMMAND}", "System.ArgumentException", None, "NotSpecified")


class Reader:
    """One text."""

    def __init__(self, words: str) -> None:
        self.words = words
        self.at = 0
        self.bad_names: list[Thrown] = []  # told only of text that can be read to its end

    @staticmethod
    def complete(words: str) -> bool:
        """Whether a text is JSON by itself."""
        try:
            Reader(words).read()
        except (Thrown, Refused):
            return False
        return True

    def read(self) -> Value:
        """The value of the whole text."""
        if self.words.strip() == "" or self.words[:1] == "\ufeff":
            raise Refused("")
        made = self.value(0)
        self.blanks()
        if self.at < len(self.words):
            raise broken()
        if len({error.record.id for error in self.bad_names}) > 1:
            raise Refused("")
        for error in self.bad_names:
            raise error
        return made

    def blanks(self) -> None:
        """Steps over blanks and comments."""
        found = BLANKS.match(self.words, self.at)
        assert found is not None
        self.at = found.end()
        if self.words.startswith("//", self.at):
            raise Refused("")

    def value(self, depth: int) -> Value:
        """One value."""
        if depth > 60:
            raise Refused("")
        self.blanks()
        char = self.words[self.at : self.at + 1]
        if char == "{":
            return self.table(depth)
        if char == "[":
            return self.items(depth)
        if char and char in "\"'":
            made = self.string()
            if TIME.match(made):
                raise Refused("")  # it becomes a DateTime
            return made
        if found := WORD.match(self.words, self.at):
            self.at = found.end()
            return {"true": True, "false": False, "null": None}[found[1]]
        if found := NUMBER.match(self.words, self.at):
            self.at = found.end()
            return number(found)
        if char == "" or char in "<}]:,=;" or re.match(r"[a-mo-zA-HJ-MO-Z]", char):
            if re.match(r"(?:undefined|new )", self.words[self.at :]):
                raise Refused("")
            raise broken()
        raise Refused("")

    def items(self, depth: int) -> Array:
        """`[ … ]`, a trailing comma allowed."""
        self.at += 1
        made: list[Value] = []
        while True:
            self.blanks()
            if self.take("]"):
                return Array.of(made)
            if self.words.startswith(",", self.at):
                raise Refused("")
            made.append(self.value(depth + 1))
            self.blanks()
            if not self.take(",") and not self.words.startswith("]", self.at):
                raise broken()

    def table(self, depth: int) -> Obj:
        """`{ … }`: a name twice keeps the last, twice in another case is an error."""
        self.at += 1
        made = Obj()
        while True:
            self.blanks()
            if self.take("}"):
                return made
            name = self.name()
            self.blanks()
            if not self.take(":"):
                raise broken()
            value = self.value(depth + 1)
            if name == "":
                self.bad_name("EmptyKeyInJsonString")
            elif name in made and next(k for k, _ in made.items() if k.upper() == name.upper()) != name:
                self.bad_name("KeysWithDifferentCasingInJsonString")
            made.put(name, value)
            self.blanks()
            if not self.take(",") and not self.words.startswith("}", self.at):
                raise broken()

    def bad_name(self, id_: str) -> None:
        """A name that an object cannot have."""
        self.bad_names.append(by_cmdlet(f"{id_},{COMMAND}", "System.InvalidOperationException", None, None))

    def take(self, sign: str) -> bool:
        """Steps over a sign if it comes next."""
        if not self.words.startswith(sign, self.at):
            return False
        self.at += len(sign)
        return True

    def name(self) -> str:
        """A name: quoted or bare."""
        char = self.words[self.at : self.at + 1]
        if char and char in "\"'":
            return self.string()
        found = NAME.match(self.words, self.at)
        if not found:
            raise broken() if char == "" or char in "{[]:<" else Refused("")
        self.at = found.end()
        return found[0]

    def string(self) -> str:
        """A string in either kind of quotes."""
        quote = self.words[self.at]
        self.at += 1
        out: list[str] = []
        while True:
            char = self.words[self.at : self.at + 1]
            if char == "":
                raise broken()
            self.at += 1
            if char == quote:
                return "".join(out)
            if char == "\\":
                out.append(self.escape())
            elif char in "\r\n" or ord(char) < 0x20:
                raise Refused("")
            else:
                out.append(char)

    def escape(self) -> str:
        """What stands behind a backslash."""
        char = self.words[self.at : self.at + 1]
        self.at += 1
        if char == "u":
            digits = self.words[self.at : self.at + 4]
            if not re.fullmatch(r"[0-9a-fA-F]{4}", digits):
                raise broken()
            self.at += 4
            return chr(int(digits, 16))
        if char not in ESCAPES or char == "":
            raise broken()
        return ESCAPES[char]


def number(found: "re.Match[str]") -> Any:
    """A number: whole ones are Int64, others Double."""
    if found[1] or found[2]:
        return float(found[0])
    whole = int(found[0])
    if whole not in INT64:
        raise Refused("")
    return Int64(whole)

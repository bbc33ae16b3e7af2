"""The language of `$filter`: text to a tree (OData 4.01, the part that Graph takes)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

DEEPEST = 50  # parentheses and `not` within each other
COMPARISONS = frozenset({"eq", "ne", "gt", "ge", "lt", "le", "has"})
FUNCTIONS = frozenset({"startswith", "endswith", "contains", "tolower", "toupper", "isof"})


@dataclass(frozen=True)
class Path:
    """A property, by its steps: `emailAddress/address` is ("emailAddress", "address")."""

    steps: tuple[str, ...]


@dataclass(frozen=True)
class Literal:
    """A value written in the query. `kind`: string, int, float, bool, null, datetime, guid."""

    kind: str
    value: object


@dataclass(frozen=True)
class Function:
    """A function of FUNCTIONS with its arguments."""

    name: str
    arguments: tuple["Node", ...]


@dataclass(frozen=True)
class Compare:
    """Two sides and one of COMPARISONS."""

    operator: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True)
class Among:
    """`path in (…)`."""

    left: "Node"
    values: tuple[Literal, ...]


@dataclass(frozen=True)
class Both:
    """`and`, `or`."""

    operator: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True)
class Not:
    """`not`."""

    inner: "Node"


@dataclass(frozen=True)
class Lambda:
    """`path/any(x:…)`, `path/all(x:…)`; `any()` has no body: the list is not empty."""

    kind: str
    path: Path
    variable: str
    body: "Node | None"


Node = Path | Literal | Function | Compare | Among | Both | Not | Lambda


class FilterSyntaxError(Exception):
    """The text is not in the language. `position` is where."""

    def __init__(self, text: str, position: int) -> None:
        super().__init__(f"Syntax error at position {position} in '{text}'.")
        self.position = position


_TOKEN = re.compile(
    r"""\s*(?:
      (?P<string>'(?:[^']|'')*')
    | (?P<guid>[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12})
    | (?P<datetime>\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?)
    | (?P<float>-?\d+\.\d+)
    | (?P<int>-?\d+)
    | (?P<word>[A-Za-z_@$][\w$.@-]*)
    | (?P<mark>[(),:/])
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    start: int


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None:
            raise FilterSyntaxError(text, at)
        kind = found.lastgroup or ""
        yield _Token(kind, found.group(kind), found.start(kind))
        at = found.end()


def parse(text: str) -> Node:
    """The tree of a filter. Raises FilterSyntaxError."""
    reader = _Reader(text)
    node = reader.either()
    reader.end()
    return node


def moment(text: str) -> datetime:
    """A time as OData and the store write it; without zone it is UTC. Raises ValueError."""
    parsed = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text))
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


class _Reader:
    """Recursive descent over the tokens."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(_tokens(text))
        self._at = 0
        self._depth = 0

    def _peek(self, offset: int = 0) -> _Token:
        place = self._at + offset
        return self._tokens[place] if place < len(self._tokens) else _Token("end", "", len(self._text))

    def _fail(self) -> FilterSyntaxError:
        return FilterSyntaxError(self._text, self._peek().start)

    def _word(self, *words: str) -> str | None:
        """Takes one of these words (any case), if it comes next."""
        token = self._peek()
        if token.kind == "word" and token.text.lower() in words:
            self._at += 1
            return token.text.lower()
        return None

    def _mark(self, mark: str, *, needed: bool = True) -> bool:
        if self._peek().kind == "mark" and self._peek().text == mark:
            self._at += 1
            return True
        if needed:
            raise self._fail()
        return False

    def end(self) -> None:
        """Nothing may follow."""
        if self._peek().kind != "end":
            raise self._fail()

    def either(self) -> Node:
        """`or`, the loosest."""
        node = self._both()
        while self._word("or"):
            node = Both("or", node, self._both())
        return node

    def _both(self) -> Node:
        node = self._negated()
        while self._word("and"):
            node = Both("and", node, self._negated())
        return node

    def _negated(self) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._fail()
        node = Not(self._negated()) if self._word("not") else self._comparison()
        self._depth -= 1
        return node

    def _comparison(self) -> Node:
        left = self._operand()
        operator = self._word(*COMPARISONS)
        if operator:
            return Compare(operator, left, self._operand())
        if self._word("in"):
            return Among(left, self._list())
        return left

    def _list(self) -> tuple[Literal, ...]:
        self._mark("(")
        values = [self._literal()]
        while self._mark(",", needed=False):
            values.append(self._literal())
        self._mark(")")
        return tuple(values)

    def _operand(self) -> Node:
        if self._mark("(", needed=False):
            node = self.either()
            self._mark(")")
            return node
        token = self._peek()
        if token.kind != "word" or token.text.lower() in ("true", "false", "null"):
            return self._literal()
        if token.text.lower() in FUNCTIONS and self._peek(1).text == "(":
            return self._function()
        return self._path()

    def _function(self) -> Node:
        name = self._peek().text.lower()
        self._at += 2
        arguments = [self._operand()]
        while self._mark(",", needed=False):
            arguments.append(self._operand())
        self._mark(")")
        return Function(name, tuple(arguments))

    def _path(self) -> Node:
        steps = [self._step()]
        while self._mark("/", needed=False):
            step = self._step()
            if step.lower() in ("any", "all") and self._peek().text == "(":
                return self._lambda(step.lower(), Path(tuple(steps)))
            steps.append(step)
        return Path(tuple(steps))

    def _step(self) -> str:
        token = self._peek()
        if token.kind != "word":
            raise self._fail()
        self._at += 1
        return token.text

    def _lambda(self, kind: str, path: Path) -> Node:
        self._mark("(")
        if kind == "any" and self._mark(")", needed=False):
            return Lambda(kind, path, "", None)
        variable = self._step()
        self._mark(":")
        body = self.either()
        self._mark(")")
        return Lambda(kind, path, variable, body)

    def _literal(self) -> Literal:
        token = self._peek()
        text = token.text
        self._at += 1
        if token.kind == "string":
            return Literal("string", text[1:-1].replace("''", "'"))
        if token.kind in ("int", "float"):
            return Literal(token.kind, int(text) if token.kind == "int" else float(text))
        if token.kind == "guid":
            return Literal("guid", text.lower())
        if token.kind == "datetime":
            try:
                return Literal("datetime", moment(text))
            except ValueError:
                pass
        word = text.lower() if token.kind == "word" else ""
        if word in ("true", "false"):
            return Literal("bool", word == "true")
        if word == "null":
            return Literal("null", None)
        self._at -= 1
        raise self._fail()

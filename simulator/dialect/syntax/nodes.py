"""The tree of a script. Offsets are UTF-16 units from its first character (a BOM does not count)."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Node:
    """Anything in the tree: where it begins and where it ends (exclusive)."""

    at: int
    end: int


class Expression(Node):
    """What has a value."""

    __slots__ = ()


class Statement(Node):
    """What runs."""

    __slots__ = ()


# -- values
@dataclass(slots=True)
class Text(Expression):
    """A string constant; `kind` is how it was written: single, double, here-single, here-double, bare."""

    value: str
    kind: str


@dataclass(slots=True)
class Expandable(Expression):
    """A double-quoted string with expressions in it; `parts` are plain text or expressions."""

    parts: "list[str | Expression]"
    kind: str


@dataclass(slots=True)
class Number(Expression):
    """A number, and how it was written."""

    value: Any
    written: str


@dataclass(slots=True)
class Variable(Expression):
    """`$name`, `${name}` or `@name`; the name as written, with its scope."""

    name: str
    splatted: bool = False
    braced: bool = False


@dataclass(slots=True)
class TypeName(Expression):
    """`[name]` as a value; the name without brackets around it."""

    name: str


@dataclass(slots=True)
class Member(Expression):
    """`target.name` or `[type]::name`."""

    target: Expression
    name: Expression
    static: bool


@dataclass(slots=True)
class Call(Expression):
    """`target.name(arguments)` or `[type]::name(arguments)`."""

    target: Expression
    name: Expression
    arguments: list[Expression]
    static: bool


@dataclass(slots=True)
class Index(Expression):
    """`target[index]`."""

    target: Expression
    index: Expression


@dataclass(slots=True)
class Cast(Expression):
    """`[type] operand`."""

    type: TypeName
    operand: Expression


@dataclass(slots=True)
class Unary(Expression):
    """A sign before its operand; also `++` and `--` before or after it (`after`)."""

    sign: str
    operand: Expression
    after: bool = False


@dataclass(slots=True)
class Binary(Expression):
    """Two operands; the sign in lower case, `sign_at` where it stands."""

    sign: str
    sign_at: int
    left: Expression
    right: Expression


@dataclass(slots=True)
class List(Expression):
    """`a, b, c`."""

    items: list[Expression]


@dataclass(slots=True)
class Paren(Expression):
    """`( pipeline )`."""

    inner: Statement


@dataclass(slots=True)
class Sub(Expression):
    """`$( statements )`, or `@( statements )` where `array`."""

    body: "Block"
    array: bool


@dataclass(slots=True)
class Table(Expression):
    """`@{ key = statement … }`."""

    pairs: list[tuple[Expression, Statement]]


@dataclass(slots=True)
class BlockValue(Expression):
    """`{ … }` as a value."""

    body: "Body"


# -- statements
@dataclass(slots=True)
class Block(Node):
    """Statements in a row."""

    statements: list[Statement]


@dataclass(slots=True)
class Redirection(Node):
    """`2>$null` (`into` is null) or `2>&1` (`into` is output); `stream` is a number or `*`."""

    stream: str
    into: str


@dataclass(slots=True)
class Argument(Node):
    """What stands after a command's name: a parameter (`name`, with or without `value`), an argument, or a splat."""

    name: str
    value: Expression | None
    colon: bool = False


@dataclass(slots=True)
class Command(Node):
    """A command; `name` is bare text, or an expression after `&` or `.`."""

    name: Expression
    arguments: list[Argument]
    operator: str
    redirections: list[Redirection]


@dataclass(slots=True)
class Value(Node):
    """An expression at the head of a pipeline."""

    expression: Expression
    redirections: list[Redirection]


@dataclass(slots=True)
class Pipeline(Statement):
    """Commands joined by `|`, an expression possibly in front."""

    parts: "list[Command | Value]"


@dataclass(slots=True)
class Assignment(Statement):
    """`target = statement`, with its sign."""

    target: Expression
    sign: str
    value: Statement


@dataclass(slots=True)
class If(Statement):
    """Conditions with their blocks, and what else."""

    branches: "list[tuple[Statement, Block]]"
    otherwise: Block | None


@dataclass(slots=True)
class While(Statement):
    """`while (…) {…}`; with `first` the block runs before the test; `until` turns the test round."""

    condition: Statement
    body: Block
    label: str
    first: bool = False
    until: bool = False


@dataclass(slots=True)
class For(Statement):
    """`for (start; condition; step) {…}`."""

    start: Statement | None
    condition: Statement | None
    step: Statement | None
    body: Block
    label: str


@dataclass(slots=True)
class ForEach(Statement):
    """`foreach ($variable in …) {…}`."""

    variable: Variable
    items: Statement
    body: Block
    label: str


@dataclass(slots=True)
class Switch(Statement):
    """`switch -Flag (…) { test {…} default {…} }`; a test of None is default."""

    flags: list[str]
    subject: Statement
    clauses: "list[tuple[Expression | None, Block]]"
    label: str


@dataclass(slots=True)
class Try(Statement):
    """A block, its handlers by type, and what always runs."""

    body: Block
    handlers: "list[tuple[list[TypeName], Block]]"
    final: Block | None


@dataclass(slots=True)
class Flow(Statement):
    """`return`, `throw`, `exit` with an optional value; `break`, `continue` with an optional label."""

    word: str
    value: Statement | None
    label: str = ""


@dataclass(slots=True)
class Attribute(Node):
    """`[Name(arguments)]` on a parameter or a param block."""

    name: str
    positional: list[Expression]
    named: list[tuple[str, Expression | None]]


@dataclass(slots=True)
class Parameter(Node):
    """One declared parameter."""

    name: str
    attributes: list[Attribute]
    types: list[TypeName]
    default: Expression | None


@dataclass(slots=True)
class Body(Node):
    """What a function, a script or a script block holds; `blocks` are begin, process, end by lower-case name."""

    attributes: list[Attribute]
    parameters: list[Parameter]
    blocks: dict[str, Block] = field(default_factory=dict)
    declared: bool = False


@dataclass(slots=True)
class Function(Statement):
    """`function Name(parameters) {…}`."""

    name: str
    body: Body

"""Expressions as closures."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from simulator.dialect import proven
from simulator.dialect.casts import cast
from simulator.dialect.compile.signs import OPERATORS, UNARY, with_frame
from simulator.dialect.compile.variables import raw_variable, variable_name, worded
from simulator.dialect.convert import is_collection, text, truth
from simulator.dialect.limits import weigh
from simulator.dialect.members.call import call_method, call_static
from simulator.dialect.members.get import get_member, get_static
from simulator.dialect.members.index import get_index
from simulator.dialect.proven import class_of, use
from simulator.dialect.refuse import Refused
from simulator.dialect.run.frame import Expr, Frame
from simulator.dialect.syntax import nodes
from simulator.dialect.values import NOTHING, Array, Hash, Reference, Value, plain

if TYPE_CHECKING:
    from simulator.dialect.compile.compiler import Compiler

Binary = Callable[[Value, Value], Value]
ABOVE = frozenset(
    f"System.{name}"
    for name in ("Object", "Array", "ValueType", "Enum", "Collections.IList", "Collections.ICollection")
) | {"System.Collections.IEnumerable", "System.Collections.IDictionary"}


def constant(_: "Compiler", node: "nodes.Text | nodes.Number") -> Expr:
    """Text or a number."""
    value = node.value
    return lambda _: value


def expandable(c: "Compiler", node: nodes.Expandable) -> Expr:
    """A double-quoted string with expressions."""
    parts: list[tuple[str, Expr | None]] = [(p, None) if isinstance(p, str) else ("", worded(c, p)) for p in node.parts]
    at = node.at

    def run(frame: Frame) -> Value:
        try:
            made = "".join(words if part is None else text(part(frame)) for words, part in parts)
            weigh(frame.engine, made)
            return made
        except Refused as refusal:
            raise c.located(refusal, at) from refusal

    return run


# -- members
def named(c: "Compiler", node: "nodes.Member | nodes.Call") -> Expr:
    """A member's name."""
    if isinstance(node.name, nodes.Text):
        word = node.name.value
        return lambda _: word
    return c.expression(node.name)


def member(c: "Compiler", node: nodes.Member) -> Expr:
    """`target.name`, `[type]::name`."""
    name, at, end = named(c, node), node.name.at, node.name.end
    if node.static:
        kind = c.type(static_type(c, node))

        def static(frame: Frame) -> Value:
            try:
                return get_static(kind, text(name(frame)), frame)
            except Refused as refusal:
                raise c.located(refusal, at, end) from refusal

        return static
    target = c.expression(node.target)

    def run(frame: Frame) -> Value:
        try:
            return get_member(target(frame), text(name(frame)), frame)
        except Refused as refusal:
            raise c.located(refusal, at, end) from refusal

    return run


def static_type(c: "Compiler", node: "nodes.Member | nodes.Call") -> nodes.TypeName:
    """The type before `::`."""
    if not isinstance(node.target, nodes.TypeName):
        raise c.refuse(node)
    return node.target


def raw_call(c: "Compiler", node: nodes.Call) -> Expr:
    """A method call; one of type void gives nothing."""
    name, at, end = named(c, node), node.name.at, node.name.end
    arguments = [c.expression(a) for a in node.arguments]
    if node.static:
        kind = c.type(static_type(c, node))

        def static(frame: Frame) -> Value:
            try:
                made = call_static(kind, text(name(frame)), [a(frame) for a in arguments], frame)
                weigh(frame.engine, made)
                return made
            except Refused as refusal:
                raise c.located(refusal, at, end) from refusal

        return static
    target = c.expression(node.target)
    if (wide := cast_wide(c, node.target)) is not None:
        raise c.refuse(wide)

    def run(frame: Frame) -> Value:
        try:
            made = call_method(target(frame), text(name(frame)), [a(frame) for a in arguments], frame)
            weigh(frame.engine, made)
            return made
        except Refused as refusal:
            raise c.located(refusal, at, end) from refusal

    return run


def cast_wide(c: "Compiler", node: nodes.Expression) -> nodes.Expression | None:
    """`([object]$x)` as what a method is called on: then the method of that type is called, not the value's own."""
    inner = node.inner if isinstance(node, nodes.Paren) else None
    head = inner.parts[0] if isinstance(inner, nodes.Pipeline) and len(inner.parts) == 1 else None
    found = head.expression if isinstance(head, nodes.Value) else None
    if isinstance(found, nodes.Cast) and c.type(found.type).name in ABOVE:
        return found
    return None


def call(c: "Compiler", node: nodes.Call) -> Expr:
    """A method call as a value."""
    work = raw_call(c, node)
    return lambda frame: plain(work(frame))


def index(c: "Compiler", node: nodes.Index) -> Expr:
    """`target[index]`."""
    target, place, at = c.expression(node.target), c.expression(node.index), node.target.end

    def run(frame: Frame) -> Value:
        try:
            base, at_ = target(frame), place(frame)
            use("index", class_of(base), class_of(at_))
            return get_index(base, at_)
        except Refused as refusal:
            raise c.located(refusal, at, at + 1) from refusal

    return run


# -- types
def type_value(c: "Compiler", node: nodes.TypeName) -> Expr:
    """A type as a value."""
    kind = c.type(node)
    return lambda _: kind


def cast_value(c: "Compiler", node: nodes.Cast) -> Expr:
    """`[type] operand`; `[ordered]@{…}` and `[pscustomobject]@{…}` keep the order in which the pairs stand."""
    kind = c.type(node.type)
    operand = worded(c, node.operand) if kind.name == "System.String" else c.expression(node.operand)
    at, end = node.type.at, node.type.end
    if kind.name == "ref":
        return reference(c, node)
    literal = isinstance(node.operand, nodes.Table)
    ordering = literal and kind.name in ("ordered", "System.Management.Automation.PSObject")
    if kind.name == "ordered" and not literal:
        raise Refused(c.words(node.type), c.line(node))

    def run(frame: Frame) -> Value:
        value = operand(frame)
        if ordering and isinstance(value, Hash):
            value.ordered = True
        try:
            return cast(kind, value)
        except Refused as refusal:
            raise c.located(refusal, at, end) from refusal

    return run


def reference(c: "Compiler", node: nodes.Cast) -> Expr:
    """`[ref] $variable`, for methods that give a second value."""
    if not isinstance(node.operand, nodes.Variable):
        raise Refused(c.words(node.type), c.line(node))
    name = variable_name(c, node.operand)

    def run(frame: Frame) -> Value:
        frame.scope.get(name)
        return Reference(lambda: frame.scope.get(name), lambda value: frame.scope.set(name, value))

    return run


# -- brackets
def several(c: "Compiler", node: nodes.List) -> Expr:
    """`a, b, c`."""
    items = [c.expression(item) for item in node.items]
    return lambda frame: Array.of([item(frame) for item in items])


def paren(c: "Compiler", node: nodes.Paren) -> Expr:
    """`( … )` as a value."""
    value = c.value(node.inner)
    return lambda frame: plain(value(frame))


def raw(c: "Compiler", node: nodes.Expression) -> Expr:
    """An expression as a pipeline sees it, where a call or variable may hold nothing rather than null."""
    if isinstance(node, nodes.Variable):
        return raw_variable(c, node)
    if isinstance(node, nodes.Call):
        return raw_call(c, node)
    if isinstance(node, nodes.Paren):
        return c.value(node.inner)
    return c.expression(node)


def sub(c: "Compiler", node: nodes.Sub) -> Expr:
    """`$( … )` and `@( … )`."""
    single = node.body.statements[0] if len(node.body.statements) == 1 else None
    if node.array and isinstance(single, nodes.Pipeline) and len(single.parts) == 1:
        part = single.parts[0]
        if isinstance(part, nodes.Value) and not part.redirections:
            return as_array(c, part.expression)
    body = c.block(node.body)
    is_array = node.array

    def run(frame: Frame) -> Value:
        out: list[Value] = []
        body(frame, out.append)
        if is_array:
            return Array.of(out)
        return (out[0] if len(out) == 1 else Array.of(out)) if out else None

    return run


def as_array(c: "Compiler", node: nodes.Expression) -> Expr:
    """`@(expression)`: the items of a collection, whose order need not be settled; a single value as an array of it."""
    value = raw(c, node)
    literal = isinstance(node, nodes.Sub) and node.array

    def run(frame: Frame) -> Value:
        made = value(frame)
        if made is NOTHING:
            return Array()
        if isinstance(made, Array) and (literal or made.loose):
            return Array.of(list(made), "System.Object", loose=made.loose) if not literal else made
        if not is_collection(made):
            return Array.of([made])
        if getattr(made, "loose", False):
            return Array.of(list(made.rows.values()), loose=True)
        from simulator.dialect.convert import each

        return Array.of([item for item in each(made) if item is not NOTHING])

    return run


def table(c: "Compiler", node: nodes.Table) -> Expr:
    """`@{ … }`."""
    pairs = [(c.expression(key), c.value(value), key.at) for key, value in node.pairs]

    def run(frame: Frame) -> Value:
        made = Hash()
        for key, value, at in pairs:
            name = key(frame)
            try:
                if name is None or name in made:
                    raise Refused("")
                made.put(name, plain(value(frame)))
            except Refused as refusal:
                raise c.located(refusal, at) from refusal
        return made

    return run


# -- signs
def unary(c: "Compiler", node: nodes.Unary) -> Expr:
    """A sign and its operand."""
    if node.sign in ("++", "--"):
        from simulator.dialect.compile.assign import step

        return step(c, node)
    work = UNARY.get(node.sign)
    if work is None:
        raise c.refuse(node)
    operand, at, plain_sign = c.expression(node.operand), node.at, proven.plain(node.sign)

    def run(frame: Frame) -> Value:
        try:
            value = operand(frame)
            use("sign", plain_sign, class_of(value))
            return work(value)
        except Refused as refusal:
            raise c.located(refusal, at) from refusal

    return run


def binary(c: "Compiler", node: nodes.Binary) -> Expr:
    """Two operands and a sign."""
    left, right, at, sign = c.expression(node.left), c.expression(node.right), node.sign_at, node.sign
    plain_sign = proven.plain(sign)
    if sign in ("-and", "-or", "-xor"):
        return logical(sign, left, right)
    work = OPERATORS.get(sign)
    if work is not None:

        def run(frame: Frame) -> Value:
            try:
                a, b = left(frame), right(frame)
                made = work(a, b)
                weigh(frame.engine, made)
                use("op", plain_sign, class_of(a), class_of(b), class_of(made))
                return made
            except Refused as refusal:
                raise c.located(refusal, at, at + len(sign)) from refusal

        return run
    special = with_frame(sign)
    if special is None:
        raise Refused(c.parser.text[at : at + len(sign)], c.parser.line(at))

    def framed(frame: Frame) -> Value:
        try:
            a, b = left(frame), right(frame)
            made = special(frame, a, b)
            weigh(frame.engine, made)
            use("op", plain_sign, class_of(a), class_of(b), class_of(made))
            return made
        except Refused as refusal:
            raise c.located(refusal, at, at + len(sign)) from refusal

    return framed


def logical(sign: str, left: Expr, right: Expr) -> Expr:
    """-and, -or, -xor."""
    if sign == "-and":
        return lambda frame: truth(left(frame)) and truth(right(frame))
    if sign == "-or":
        return lambda frame: truth(left(frame)) or truth(right(frame))
    return lambda frame: truth(left(frame)) != truth(right(frame))

"""Assignments, `+=` and its kin, `++` and `--`."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from simulator.dialect import proven
from simulator.dialect.casts import cast
from simulator.dialect.compile import expressions
from simulator.dialect.compile.signs import OPERATORS
from simulator.dialect.compile.variables import PREFERENCES, keeper, variable_name
from simulator.dialect.convert import each, is_collection
from simulator.dialect.faults import Thrown, engine
from simulator.dialect.limits import weigh
from simulator.dialect.members.get import set_member
from simulator.dialect.members.index import set_index
from simulator.dialect.operators import arith
from simulator.dialect.proven import class_of, use
from simulator.dialect.refuse import Refused
from simulator.dialect.run.frame import Emit, Expr, Frame, Stmt
from simulator.dialect.syntax import nodes
from simulator.dialect.syntax.nodes import Expression
from simulator.dialect.values import Array, NetType, Value, is_number, plain

if TYPE_CHECKING:
    from simulator.dialect.compile.compiler import Compiler

Store = Callable[[Frame, Value], None]
FIXED = frozenset(
    ["_", "psitem", "pscmdlet", "psboundparameters", "args", "input", "error", "this", "myinvocation", "psscriptroot"]
)
FIXED |= frozenset(["pscommandpath", "psversiontable"])


def assignment(c: "Compiler", node: nodes.Assignment) -> Stmt:
    """An assignment as a statement gives nothing."""
    value = assignment_value(c, node)

    def run(frame: Frame, _: Emit) -> None:
        value(frame)

    return run


def assignment_value(c: "Compiler", node: nodes.Assignment) -> Expr:
    """An assignment and the value it has."""
    value = c.value(node.value)
    if node.sign == "=":
        store = target(c, node.target)

        def run(frame: Frame) -> Value:
            made = value(frame)
            store(frame, made)
            return plain(made)

        return located(c, node.target, run)
    work = OPERATORS[node.sign[:-1]]
    own, plain_sign = owned(c, node.target), proven.plain(node.sign)
    read, write = both(c, node.target)

    def update(frame: Frame) -> Value:
        own(frame)
        old, keep = read(frame)
        other = plain(value(frame))
        made = work(old, other)
        weigh(frame.engine, made)
        use("op", plain_sign, class_of(old), class_of(other), class_of(made))
        write(frame, keep, made)
        return made

    return located(c, node.target, update)


def located(c: "Compiler", at: Expression, work: Expr) -> Expr:
    """Gives refusals the target's word and line."""
    place = at.at

    def run(frame: Frame) -> Value:
        try:
            return work(frame)
        except Refused as refusal:
            raise c.located(refusal, place) from refusal

    return run


# -- targets
def target(c: "Compiler", node: Expression) -> Store:
    """What assigning to that expression does."""
    if isinstance(node, nodes.Variable):
        name = assignable(c, node)
        if name.rpartition(":")[2] in PREFERENCES:
            return keeper(c, node, name)
        return lambda frame, value: frame.scope.set(name, value)
    if isinstance(node, nodes.Cast):
        return typed(c, node)
    if isinstance(node, nodes.Member):
        holder, name_of = c.expression(node.target), expressions.named(c, node)
        return lambda frame, value: set_member(holder(frame), str(name_of(frame)), plain(value))
    if isinstance(node, nodes.Index):
        base, place = c.expression(node.target), c.expression(node.index)
        return lambda frame, value: set_index(base(frame), place(frame), plain(value))
    if isinstance(node, nodes.List):
        return several(c, node)
    raise c.refuse(node)


def assignable(c: "Compiler", node: nodes.Variable) -> str:
    """A variable's name that a script may assign to."""
    name = variable_name(c, node)
    if name.rpartition(":")[2] in FIXED:
        raise Refused(c.words(node), c.line(node))
    return name


def typed(c: "Compiler", node: nodes.Cast) -> Store:
    """`[int] $x = …` types the variable for good."""
    kind = c.type(node.type)
    if not isinstance(node.operand, nodes.Variable) or kind.name in ("ordered", "ref", "System.Void"):
        raise c.refuse(node)
    name = assignable(c, node.operand)

    def store(frame: Frame, value: Value) -> None:
        outermost = frame.command is None
        if not outermost and frame.command.dot:
            raise Refused("")  # which of both kinds of error a later value gives is not settled
        try:
            made = cast(kind, plain(value))
        except Thrown as thrown:
            if outermost:
                raise Refused("") from thrown
            raise
        keep = again if outermost else cast
        frame.scope.coerce.pop(name, None)
        frame.scope.set(name, made, lambda v: keep(kind, plain(v)))

    return store


def again(kind: NetType, value: Value) -> Value:
    """A later assignment to a typed variable of the outermost scope; what does not fit is an error of its own kind."""
    try:
        return cast(kind, value)
    except Thrown as thrown:
        raise engine("RuntimeException", thrown.outer.message, "MetadataError") from thrown


def several(c: "Compiler", node: nodes.List) -> Store:
    """`$a, $b = …`: the last takes what is left."""
    targets = [target(c, item) for item in node.items]

    def run(frame: Frame, value: Value) -> None:
        made = plain(value)
        items = each(made) if is_collection(made) or made is None else [made]
        for place, store in enumerate(targets):
            if place == len(targets) - 1 and len(items) > len(targets):
                store(frame, Array.of(items[place:]))
            else:
                store(frame, items[place] if place < len(items) else None)

    return run


# -- reading and writing the same place
def both(c: "Compiler", node: Expression) -> tuple[Callable[[Frame], tuple[Value, Value]], Callable[..., None]]:
    """How to read a place and to write it again; holder and index are worked out once."""
    if isinstance(node, nodes.Variable):
        name, get = assignable(c, node), c.expression(node)
        return (lambda frame: (get(frame), None)), (lambda frame, _, made: frame.scope.set(name, made))
    if isinstance(node, nodes.Member):
        return both_member(c, node)
    if isinstance(node, nodes.Index):
        return both_index(c, node)
    raise c.refuse(node)


def both_member(
    c: "Compiler", node: nodes.Member
) -> tuple[Callable[[Frame], tuple[Value, Value]], Callable[..., None]]:
    """A property."""
    from simulator.dialect.members.get import get_member

    holder, name_of = c.expression(node.target), expressions.named(c, node)

    def read(frame: Frame) -> tuple[Value, Value]:
        base, name = holder(frame), str(name_of(frame))
        return get_member(base, name, frame), (base, name)

    def write(_: Frame, keep: Value, made: Value) -> None:
        set_member(keep[0], keep[1], made)

    return read, write


def both_index(c: "Compiler", node: nodes.Index) -> tuple[Callable[[Frame], tuple[Value, Value]], Callable[..., None]]:
    """An item."""
    from simulator.dialect.members.index import get_index

    base_of, place_of = c.expression(node.target), c.expression(node.index)

    def read(frame: Frame) -> tuple[Value, Value]:
        base, place = base_of(frame), place_of(frame)
        return get_index(base, place), (base, place)

    def write(_: Frame, keep: Value, made: Value) -> None:
        set_index(keep[0], keep[1], made)

    return read, write


def owned(c: "Compiler", node: Expression) -> Callable[[Frame], None]:
    """A check before `+=` and `++`: strict mode does not let them make a variable of this scope from an outer one."""
    if not isinstance(node, nodes.Variable) or ":" in node.name:
        return lambda _: None
    name, at = node.name.lower(), node.at

    def check(frame: Frame) -> None:
        if name not in frame.scope.names and frame.scope.find(name) is not None:
            raise c.located(Refused(""), at)

    return check


# -- ++ and --
def step(c: "Compiler", node: nodes.Unary) -> Expr:
    """`$i++` and `++$i`: the new value is stored; numbers only."""
    change = 1 if node.sign == "++" else -1
    own, plain_sign = owned(c, node.operand), node.sign
    read, write = both(c, node.operand)
    after = node.after

    def run(frame: Frame) -> Value:
        own(frame)
        old, keep = read(frame)
        if old is not None and not is_number(old):
            raise Refused("")
        new = arith.add(0 if old is None else old, change)
        use("sign", plain_sign, class_of(old), class_of(new))
        write(frame, keep, new)
        return (0 if old is None else old) if after else new

    return located(c, node.operand, run)

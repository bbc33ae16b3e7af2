"""Branches, loops and switch."""

from typing import TYPE_CHECKING, Any

from simulator.dialect.convert import is_collection, listed, text, truth
from simulator.dialect.faults import Leave, Net
from simulator.dialect.operators.culture import same_text
from simulator.dialect.operators.patterns import found_groups
from simulator.dialect.operators.regex import regex
from simulator.dialect.operators.wildcard import matches
from simulator.dialect.proven import class_of, use
from simulator.dialect.refuse import Refused
from simulator.dialect.run.frame import Emit, Expr, Frame, Stmt
from simulator.dialect.syntax import nodes
from simulator.dialect.values import NOTHING, ScriptBlock, Value, plain

if TYPE_CHECKING:
    from simulator.dialect.compile.compiler import Compiler


def drop(_: Value) -> None:
    """Where the output of a loop's start and step goes."""


def branches(c: "Compiler", node: nodes.If) -> Stmt:
    """if, elseif, else."""
    tests = [(c.value(test), c.block(body), test.at) for test, body in node.branches]
    otherwise = c.block(node.otherwise) if node.otherwise is not None else None

    def run(frame: Frame, emit: Emit) -> None:
        for test, body, at in tests:
            if holds(c, test, at, frame):
                body(frame, emit)
                return
        if otherwise is not None:
            otherwise(frame, emit)

    return run


def holds(c: "Compiler", test: Expr, at: int, frame: Frame) -> bool:
    """A condition."""
    try:
        return truth(plain(test(frame)))
    except Refused as refusal:
        raise c.located(refusal, at) from refusal


def turn(body: Stmt, frame: Frame, emit: Emit, label: str) -> bool:
    """One round of a loop; False when it was left by break."""
    try:
        body(frame, emit)
    except Leave as leave:
        use(
            "leave",
            leave.kind,
            "label" if leave.label else "-",
            "own" if not leave.label or leave.label == label else "outer",
        )
        if leave.label and leave.label != label:
            raise
        return leave.kind == "continue"
    return True


def each_item(c: "Compiler", node: nodes.ForEach) -> Stmt:
    """foreach ($x in …): null gives no round."""
    from simulator.dialect.compile.assign import target

    store, items, body, label = target(c, node.variable), c.value(node.items), c.block(node.body), node.label
    at = node.items.at

    def run(frame: Frame, emit: Emit) -> None:
        value = items(frame)
        use("each", class_of(value))
        if value is None or value is NOTHING:
            return
        for item in walked(c, value, at) if is_collection(value) else [value]:
            frame.engine.tick()
            store(frame, item)
            if not turn(body, frame, emit, label):
                break

    return run


def walked(c: "Compiler", value: Value, at: int) -> Any:
    """The items of a collection; one whose order is not settled is refused where it stands."""
    try:
        yield from listed(value)
    except Refused as refusal:
        raise c.located(refusal, at) from refusal


def counted(c: "Compiler", node: nodes.For) -> Stmt:
    """for (start; condition; step)."""
    begin = c.statement(node.start) if node.start is not None else None
    check = c.value(node.condition) if node.condition is not None else None
    advance = c.statement(node.step) if node.step is not None else None
    body, label, at = c.block(node.body), node.label, node.at

    def run(frame: Frame, emit: Emit) -> None:
        if begin:
            begin(frame, drop)
        while check is None or holds(c, check, at, frame):
            frame.engine.tick()
            if not turn(body, frame, emit, label):
                break
            if advance:
                advance(frame, drop)

    return run


def during(c: "Compiler", node: nodes.While) -> Stmt:
    """while; do … while and do … until."""
    check, body, label, at = c.value(node.condition), c.block(node.body), node.label, node.condition.at
    until, first = node.until, node.first

    def run(frame: Frame, emit: Emit) -> None:
        if not first and not holds(c, check, at, frame):
            return
        while turn(body, frame, emit, label):
            frame.engine.tick()
            if holds(c, check, at, frame) == until:
                break

    return run


# -- switch
def cases(c: "Compiler", node: nodes.Switch) -> Stmt:
    """switch over a value or each item of a collection: by equality, wildcard or pattern."""
    fold = "casesensitive" not in node.flags
    way = next((f for f in node.flags if f in ("wildcard", "regex")), "")
    subject, label, at = c.value(node.subject), node.label, node.subject.at
    clauses = [(tested(c, test, way, fold), c.block(body)) for test, body in node.clauses if test is not None]
    default = next((c.block(body) for test, body in node.clauses if test is None), None)

    def every(frame: Frame, emit: Emit) -> None:
        hit = False
        for test, work in clauses:
            if test(frame, frame.scope.names["_"]):
                hit = True
                work(frame, emit)
        if not hit and default is not None:
            default(frame, emit)

    def run(frame: Frame, emit: Emit) -> None:
        value = subject(frame)
        use("switch", class_of(value))
        if value is NOTHING:
            return
        names = frame.scope.names
        before = names.get("_", NOTHING)
        try:
            for item in walked(c, value, at) if is_collection(value) else [value]:
                names["_"] = item
                if not turn(every, frame, emit, label):
                    break
        finally:
            if before is NOTHING:
                names.pop("_", None)
            else:
                names["_"] = before

    return run


def tested(c: "Compiler", node: nodes.Expression, way: str, fold: bool) -> Any:
    """The test of a clause: does it take this item?"""
    value, at = c.expression(node), node.at
    block = isinstance(node, nodes.BlockValue)

    def run(frame: Frame, item: Value) -> bool:
        try:
            wanted = value(frame)
            if block and isinstance(wanted, ScriptBlock):
                return truth(frame.engine.run_block(frame, wanted, item))
            return takes(wanted, item, way, fold, frame)
        except Refused as refusal:
            raise c.located(refusal, at) from refusal

    return run


def takes(wanted: Value, item: Value, kind_: str, fold: bool, frame: Frame) -> bool:
    """Whether a clause's value takes an item."""
    use("case", kind_ or "-", class_of(wanted), class_of(item))
    if kind_ == "wildcard":
        return matches(text(item), text(wanted), fold)
    if kind_ == "regex":
        try:
            pattern = regex(text(wanted), fold)
        except Net as error:
            raise Refused("") from error
        found = pattern.search(text(item))
        if found is not None:
            frame.scope.set("matches", found_groups(pattern, found))
        return found is not None
    if wanted is None:
        return item is None
    if is_collection(wanted) or is_collection(item):
        raise Refused("")
    return same_text(text(item), text(wanted), fold)

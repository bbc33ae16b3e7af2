"""Branches and loops."""

from typing import TYPE_CHECKING, Any

from simulator.dialect import compare
from simulator.dialect.arith import logical
from simulator.dialect.convert import each, is_collection, text
from simulator.dialect.faults import Leave
from simulator.dialect.frame import NOTHING, Emit, Frame, Stmt, plain
from simulator.dialect.refuse import Refused
from simulator.dialect.values import Value

if TYPE_CHECKING:
    from tree_sitter import Node


def children(node: "Node", kind: str) -> "list[Node]":
    """The children of one kind."""
    return [c for c in node.children if c.type == kind]


def if_statement(compiler: Any, node: "Node") -> Stmt:
    """if, elseif, else."""
    condition = node.child_by_field_name("condition")
    tests = [(compiler.condition(condition), compiler.statements(children(node, "statement_block")[0]))]
    for group in children(node, "elseif_clauses"):
        for clause in children(group, "elseif_clause"):
            test = clause.child_by_field_name("condition")
            tests.append((compiler.condition(test), compiler.statements(children(clause, "statement_block")[0])))
    other = children(node, "else_clause")
    otherwise = compiler.statements(children(other[0], "statement_block")[0]) if other else None

    def run(frame: Frame, emit: Emit) -> None:
        for test, body in tests:
            if logical(plain(test(frame))):
                body(frame, emit)
                return
        if otherwise is not None:
            otherwise(frame, emit)

    return run


def turn(body: Stmt, frame: Frame, emit: Emit) -> bool:
    """One round of a loop; False when it was left by break."""
    try:
        body(frame, emit)
    except Leave as leave:
        if leave.label:
            raise
        return leave.kind == "continue"
    return True


def foreach_statement(compiler: Any, node: "Node", _: str) -> Stmt:
    """foreach ($x in …): null gives no round."""
    variable = children(node, "variable")[0]
    name = compiler.variable_name(variable)
    source = next(c for c in node.children if c.type in ("pipeline", "pipeline_chain"))
    if children(node, "foreach_parameter"):
        raise compiler.script.refuse(node)
    items, body = compiler.chain(source)[1], compiler.statements(children(node, "statement_block")[0])

    def run(frame: Frame, emit: Emit) -> None:
        value = plain(items(frame))
        for item in each(value) if value is not None else []:
            frame.scope.set(name, item)
            if not turn(body, frame, emit):
                break

    return run


def for_statement(compiler: Any, node: "Node", _: str) -> Stmt:
    """for (start; condition; step)."""

    def part(name: str) -> "Node | None":
        found = node.child_by_field_name(name)
        return found.children[0] if found is not None and found.children else None

    first, test, step = part("for_initializer"), part("for_condition"), part("for_iterator")
    begin = compiler.statements(first) if first is not None else None
    check = compiler.condition(test) if test is not None else None
    advance = compiler.statements(step) if step is not None else None
    body = compiler.statements(children(node, "statement_block")[0])

    def run(frame: Frame, emit: Emit) -> None:
        if begin:
            begin(frame, lambda _: None)
        while check is None or logical(plain(check(frame))):
            if not turn(body, frame, emit):
                break
            if advance:
                advance(frame, lambda _: None)

    return run


def while_statement(compiler: Any, node: "Node", _: str) -> Stmt:
    """while (condition)."""
    check = compiler.condition(node.child_by_field_name("condition"))
    body = compiler.statements(children(node, "statement_block")[0])

    def run(frame: Frame, emit: Emit) -> None:
        while logical(plain(check(frame))) and turn(body, frame, emit):
            pass

    return run


def do_statement(compiler: Any, node: "Node", _: str) -> Stmt:
    """do … while and do … until."""
    check = compiler.condition(node.child_by_field_name("condition"))
    body = compiler.statements(children(node, "statement_block")[0])
    until = any(c.type == "until" for c in node.children)

    def run(frame: Frame, emit: Emit) -> None:
        while turn(body, frame, emit):
            if logical(plain(check(frame))) == until:
                break

    return run


def switch_statement(compiler: Any, node: "Node", _: str) -> Stmt:
    """switch over a value or each item of a collection, by equality or wildcard."""
    parameters = [p for g in children(node, "switch_parameters") for p in g.children]
    words = {compiler.script.text(p).lower() for p in parameters}
    if words - {"-wildcard", "-casesensitive", "-exact"}:
        raise compiler.script.refuse(node, compiler.script.text(parameters[0]))
    fold, wild = "-casesensitive" not in words, "-wildcard" in words
    condition = children(node, "switch_condition")[0]
    subject = compiler.condition(next(c for c in condition.children if c.is_named))
    body = children(node, "switch_body")[0]
    clauses = [clause(compiler, c) for g in children(body, "switch_clauses") for c in children(g, "switch_clause")]

    def matches(test: Value, item: Value) -> bool:
        if wild:
            return compare.like(item, test, fold)
        return compare.equal(item, test, fold) if not is_collection(test) else bool(_refuse("switch"))

    def run(frame: Frame, emit: Emit) -> None:
        value = subject(frame)
        for item in each(plain(value)) if is_collection(plain(value)) else [] if value is NOTHING else [plain(value)]:
            if not one(frame, emit, item):
                break

    def one(frame: Frame, emit: Emit, item: Value) -> bool:
        before = frame.scope.names.get("_", NOTHING)
        frame.scope.names["_"] = item
        try:
            return turn(lambda f, e: every(f, e, item), frame, emit)
        finally:
            if before is NOTHING:
                frame.scope.names.pop("_", None)
            else:
                frame.scope.names["_"] = before

    def every(frame: Frame, emit: Emit, item: Value) -> None:
        hit = False
        for test, work in clauses:
            if test is not None and matches(plain(test(frame)), item):
                hit = True
                work(frame, emit)
        if not hit:
            for test, work in clauses:
                if test is None:
                    work(frame, emit)

    return run


def _refuse(what: str) -> None:
    raise Refused(what)


def clause(compiler: Any, node: "Node") -> tuple[Any, Stmt]:
    """(test or None for default, body) of a switch clause."""
    head = children(node, "switch_clause_condition")[0]
    body = compiler.statements(children(node, "statement_block")[0])
    words = compiler.script.text(head).strip()
    if words.lower() == "default":
        return None, body
    inner = [c for c in head.children if c.is_named]
    if len(inner) != 1 or inner[0].type in ("script_block_expression", "statement_block"):
        raise compiler.script.refuse(head)
    if inner[0].type in ("simple_name", "generic_token", "command_name"):
        return (lambda _: words), body
    return compiler.expr(inner[0]), body


__all__ = ["text"]

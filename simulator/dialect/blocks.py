"""try, functions, script blocks, and what leaves them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.dialect.convert import to_int
from simulator.dialect.faults import Exit, Leave, Return, Thrown, engine
from simulator.dialect.frame import Emit, Expr, Frame, Stmt, plain
from simulator.dialect.loops import children
from simulator.dialect.refuse import Refused
from simulator.dialect.signatures import signature_of
from simulator.dialect.stages import emit_all
from simulator.dialect.values import ErrorRecord, NetException, Obj, ScriptBlock, Value, type_name

if TYPE_CHECKING:
    from tree_sitter import Node

    from simulator.dialect.binding import Signature

HIERARCHY = {
    "System.Exception": ("",),
    "System.ArgumentOutOfRangeException": ("System.ArgumentException",),
    "System.Management.Automation.ParameterBindingException": ("System.Management.Automation.RuntimeException",),
    "System.Management.Automation.PSInvalidCastException": ("System.InvalidCastException",),
}


@dataclass
class Body:
    """A function's or script block's compiled parts."""

    name: str
    signature: "Signature"
    begin: Stmt | None
    process: Stmt | None
    end: Stmt | None


def body_of(compiler: Any, node: "Node | None", name: str, parameters: "Node | None", text: str) -> Body:
    """Compiles a `script_block` node (its param block, its named blocks or its statements)."""
    block = children(node, "param_block") if node is not None else []
    if parameters is not None and block:
        raise compiler.script.refuse(block[0])
    declared = parameters if parameters is not None else (block[0] if block else None)
    signature = signature_of(compiler, declared, name)
    parts: dict[str, Stmt] = {}
    for inner in children(node, "script_block_body") if node is not None else []:
        for listed in children(inner, "statement_list"):
            parts["end"] = compiler.statements(listed)
        for group in children(inner, "named_block_list"):
            for named in children(group, "named_block"):
                word = compiler.script.text(children(named, "block_name")[0]).lower()
                if word not in ("begin", "process", "end"):
                    raise compiler.script.refuse(named)
                parts[word] = compiler.statements(children(named, "statement_block")[0])
    return Body(name, signature, parts.get("begin"), parts.get("process"), parts.get("end"))


def function_statement(compiler: Any, node: "Node") -> Stmt:
    """Defines a function in the scope that runs the statement."""
    if compiler.script.text(node.children[0]).lower() != "function":
        raise compiler.script.refuse(node)
    name = compiler.script.text(children(node, "function_name")[0])
    declared = children(node, "function_parameter_declaration")
    inner = children(node, "script_block")
    listed = children(declared[0], "parameter_list") if declared else []
    body = body_of(compiler, inner[0] if inner else None, name, listed[0] if listed else None, "")

    def run(frame: Frame, _: Emit) -> None:
        frame.scope.functions[name.lower()] = body

    return run


def script_block(compiler: Any, node: "Node") -> Any:
    """`{ … }` as a value."""
    inner = children(node, "script_block")
    outer = children(node, "param_block")
    text = compiler.script.text(node)
    if outer:
        body = body_of(compiler, inner[0] if inner else None, "", outer[0], text)
    else:
        body = body_of(compiler, inner[0] if inner else None, "", None, text)
    return lambda _: ScriptBlock(body, body.signature, text[1:-1])  # type: ignore[arg-type]


def flow_control(compiler: Any, node: "Node") -> Stmt:
    """break, continue, return, throw, exit."""
    word = compiler.script.text(node.children[0]).lower()
    rest = [c for c in node.children[1:] if c.is_named]
    if word in ("break", "continue"):
        if rest:
            raise compiler.script.refuse(node)
        return leave(word)
    value: Expr | None = compiler.chain(rest[0])[1] if rest else None
    makers = {"return": give_back, "throw": throw, "exit": leave_script}
    if word not in makers:
        raise compiler.script.refuse(node)
    return makers[word](value)


def leave(word: str) -> Stmt:
    """break or continue; outside a loop of its own function it would end the caller's, which is refused there."""

    def run(_: Frame, __: Emit) -> None:
        raise Leave(word)

    return run


def give_back(value: Expr | None) -> Stmt:
    """return [pipeline]"""

    def run(frame: Frame, emit: Emit) -> None:
        if value is not None:
            emit_all(value(frame), emit)
        raise Return

    return run


def leave_script(value: Expr | None) -> Stmt:
    """exit [code]"""

    def run(frame: Frame, _: Emit) -> None:
        raise Exit(to_int(plain(value(frame))) if value is not None else 0)

    return run


def throw(value: Expr | None) -> Stmt:
    """throw value; bare in a catch block it throws the same error again."""

    def run(frame: Frame, _: Emit) -> None:
        if frame.scope.find("erroractionpreference") is not None:
            chosen = str(frame.scope.get("erroractionpreference")).lower()
            if chosen in ("silentlycontinue", "ignore"):
                raise Refused("throw")
        raise Thrown(record_of(plain(value(frame)) if value is not None else None, frame, bare=value is None))

    return run


def record_of(value: Value, frame: Frame, *, bare: bool) -> ErrorRecord:
    """The error record of a thrown value."""
    if bare:
        current = frame.scope.names.get("_")
        if isinstance(current, ErrorRecord):
            return current
        return ErrorRecord(NetException(RUNTIME, "ScriptHalted"), "ScriptHalted", "OperationStopped")
    if isinstance(value, ErrorRecord):
        return value
    if isinstance(value, NetException):
        return ErrorRecord(value, value.message, "OperationStopped")
    if value is None or isinstance(value, Obj):
        raise Refused("throw")
    message = value if isinstance(value, str) else type_name(value) if not isinstance(value, int) else str(value)
    return ErrorRecord(NetException(RUNTIME, str(message)), str(message), "OperationStopped", value)


RUNTIME = "System.Management.Automation.RuntimeException"


def try_statement(compiler: Any, node: "Node") -> Stmt:
    """try, catch by type, finally."""
    body = compiler.statements(children(node, "statement_block")[0])
    clauses = [
        ([compiler.type_of(t).name for g in children(c, "catch_type_list") for t in children(g, "type_literal")], c)
        for group in children(node, "catch_clauses")
        for c in children(group, "catch_clause")
    ]
    handlers = [(types, compiler.statements(children(c, "statement_block")[0])) for types, c in clauses]
    last = children(node, "finally_clause")
    final = compiler.statements(children(last[0], "statement_block")[0]) if last else None

    def run(frame: Frame, emit: Emit) -> None:
        try:
            try:
                body(frame, emit)
            except Thrown as thrown:
                handle(thrown, frame, emit, handlers)
        finally:
            if final is not None:
                final(frame, emit)

    return run


def handle(thrown: Thrown, frame: Frame, emit: Emit, handlers: list[tuple[list[str], Stmt]]) -> None:
    """Runs the first handler that takes the error, with `$_` set to it; else throws on."""
    for types, work in handlers:
        if not types or any(takes(wanted, thrown.record.exception) for wanted in types):
            frame.engine.note(thrown.record)
            missing = object()
            before = frame.scope.names.get("_", missing)
            frame.scope.names["_"] = thrown.record
            try:
                work(frame, emit)
            finally:
                if before is missing:
                    frame.scope.names.pop("_", None)
                else:
                    frame.scope.names["_"] = before
            return
    raise thrown


def takes(wanted: str, exception: NetException) -> bool:
    """Whether a typed catch takes this exception, or the one inside it."""
    known: NetException | None = exception
    while known is not None:
        if wanted in ("System.Exception", known.type) or wanted in HIERARCHY.get(known.type, ()):
            return True
        known = known.inner
    return False


__all__ = ["Body", "engine"]

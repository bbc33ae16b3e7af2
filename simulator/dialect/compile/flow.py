"""try, and what leaves running code: return, throw, exit, break, continue."""

from typing import TYPE_CHECKING

from simulator.dialect.casts import as_int
from simulator.dialect.faults import BASES, Exit, Leave, Return, Thrown, is_kind
from simulator.dialect.proven import class_of, use
from simulator.dialect.refuse import Refused
from simulator.dialect.run.frame import Emit, Expr, Frame, Stmt
from simulator.dialect.run.functions import record_of
from simulator.dialect.run.stages import emit_all
from simulator.dialect.syntax import nodes
from simulator.dialect.values import NOTHING, ErrorRecord, NetException, plain

if TYPE_CHECKING:
    from simulator.dialect.compile.compiler import Compiler

Handler = tuple[list[str], Stmt]


def leaving(c: "Compiler", node: nodes.Flow) -> Stmt:
    """One of the five words."""
    if node.word in ("break", "continue"):
        return leave(node.word, node.label)
    value = c.value(node.value) if node.value is not None else None
    at = node.value.at if node.value is not None else node.at
    makers = {"return": give_back, "throw": throw}
    work = leave_script(value, c.line(node)) if node.word == "exit" else makers[node.word](value)

    def run(frame: Frame, emit: Emit) -> None:
        try:
            work(frame, emit)
        except Refused as refusal:
            raise c.located(refusal, at) from refusal

    return run


def leave(word: str, label: str) -> Stmt:
    """break or continue."""

    def run(_: Frame, __: Emit) -> None:
        raise Leave(word, label)

    return run


def give_back(value: Expr | None) -> Stmt:
    """return [pipeline]"""

    def run(frame: Frame, emit: Emit) -> None:
        if value is not None:
            made = value(frame)
            use("return", class_of(made))
            emit_all(made, emit)
        raise Return

    return run


def leave_script(value: Expr | None, line: int) -> Stmt:
    """exit [code]"""

    def run(frame: Frame, _: Emit) -> None:
        raise Exit(as_int(plain(value(frame))) if value is not None else 0, line)

    return run


def throw(value: Expr | None) -> Stmt:
    """throw value; bare in a catch block it throws the same error again."""

    def run(frame: Frame, _: Emit) -> None:
        made = plain(value(frame)) if value is not None else None
        raise record_of(made, frame, bare=value is None)

    return run


# -- try
def attempt(c: "Compiler", node: nodes.Try) -> Stmt:
    """try, catch by type, finally."""
    body = c.block(node.body)
    handlers = [(known(c, types), c.block(work)) for types, work in node.handlers]
    reachable(c, node)
    final = c.block(node.final) if node.final is not None else None
    if node.final is not None and leaves(node.final):
        raise c.refuse(node.final)

    def guarded(frame: Frame, emit: Emit) -> None:
        engine = frame.engine
        before = engine.trying
        if handlers:
            engine.trying = before + 1
        try:
            body(frame, emit)
        except Thrown as thrown:
            engine.trying = before
            if not handle(thrown, frame, emit, handlers):
                raise
        finally:
            engine.trying = before

    if final is None:
        return guarded

    def run(frame: Frame, emit: Emit) -> None:
        try:
            guarded(frame, emit)
        except Refused:
            raise  # nothing more may run
        except BaseException as leaving:
            use("finally", type(leaving).__name__)
            final(frame, emit)
            raise
        final(frame, emit)

    return run


def known(c: "Compiler", types: list[nodes.TypeName]) -> list[str]:
    """The exception types of a handler, all in the table."""
    names = [c.type(t).name for t in types]
    for name, node in zip(names, types, strict=True):
        if name not in BASES:
            raise Refused(c.words(node), c.line(node))
    return names


def reachable(c: "Compiler", node: nodes.Try) -> None:
    """Refuses a handler behind one that takes its type already: the engine would not parse it."""
    seen: list[str] = []
    for types, _ in node.handlers:
        for kind in types:
            name = c.type(kind).name
            if any(is_kind(name, earlier) for earlier in seen):
                raise Refused(c.words(kind), c.line(kind))
            seen.append(name)


def leaves(block: nodes.Block) -> bool:
    """Whether control could leave a finally block, which the engine does not parse."""
    from simulator.dialect.static import walk

    return any(isinstance(n, nodes.Flow) and n.word != "throw" for n in walk(block))


def handle(thrown: Thrown, frame: Frame, emit: Emit, handlers: list[Handler]) -> bool:
    """Runs the handler that takes the error, with `$_` set to it."""
    found = choose(thrown, handlers)
    if found is None:
        return False
    work, seen = found
    frame.engine.note(seen)
    names = frame.scope.names
    before = names.get("_", NOTHING)
    names["_"] = seen
    try:
        work(frame, emit)
    finally:
        if before is NOTHING:
            names.pop("_", None)
        else:
            names["_"] = before
    return True


def choose(thrown: Thrown, handlers: list[Handler]) -> tuple[Stmt, ErrorRecord] | None:
    """The handler and the record as it sees it: by the exception inside first, then by the one around it."""
    outer, record = thrown.outer, thrown.record
    candidates = [e for e in (outer.inner, outer, record.exception if record.own else None) if e is not None]
    for exception in candidates:
        for types, work in handlers:
            if any(is_kind(exception.type, wanted) for wanted in types):
                use("catch", exception.type, *types)
                return work, seen_by(thrown, exception)
    for types, work in handlers:
        if not types:
            return work, seen_by(thrown, outer)
    return None


def seen_by(thrown: Thrown, exception: NetException) -> ErrorRecord:
    """`$_` of a handler: the record's own exception, else the one that the handler was chosen by."""
    record = thrown.record
    shown = record.exception if record.own else exception
    made = ErrorRecord(shown, record.id, record.category, record.target, own=record.own, activity=record.activity)
    made.origin, made.line = thrown, record.line
    return made

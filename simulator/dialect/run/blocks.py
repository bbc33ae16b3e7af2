"""Script blocks that commands and methods run for each item."""

from contextlib import suppress
from typing import TYPE_CHECKING

from simulator.dialect.faults import Return, Thrown
from simulator.dialect.refuse import Refused
from simulator.dialect.run.frame import Emit, Frame
from simulator.dialect.run.functions import Body, FunctionStage
from simulator.dialect.run.scope import Scope
from simulator.dialect.values import NOTHING, Array, ScriptBlock, Value

if TYPE_CHECKING:
    from simulator.dialect.run.binding import Given


def plain_body(block: ScriptBlock) -> Body:
    """A block without parameters and named blocks, run where it stands.

    Raises:
        Refused: Any other.
    """
    body: Body = block.body
    if body.process or body.begin or body.signature.parameters or block.home is not None:
        raise Refused("")
    return body


def in_caller(frame: Frame, block: ScriptBlock, item: Value, emit: Emit) -> None:
    """A block of ForEach-Object or Where-Object: in the caller's own scope, with `$_`; return is next."""
    body = plain_body(block)
    if body.end is None:
        return
    frame.engine.tick()
    names = frame.scope.names
    before = names.get("_", NOTHING)
    names["_"] = item
    try:
        body.end(frame, emit)
    except Return:
        pass
    finally:
        if before is NOTHING:
            names.pop("_", None)
        else:
            names["_"] = before


def value_for(frame: Frame, block: ScriptBlock, item: Value) -> Value:
    """What a block gives for an item, as one value; it must set no variable, since whose it would be is not settled."""
    if block.body.assigns:
        raise Refused("")
    before = len(frame.engine.errors)
    try:
        made = gathered(frame, block, item)
    except Thrown as thrown:
        raise Refused("") from thrown  # the engine swallows errors of such a block
    if len(frame.engine.errors) != before:
        raise Refused("")
    return made


def gathered(frame: Frame, block: ScriptBlock, item: Value) -> Value:
    """What a block gives for an item, as one value."""
    out: list[Value] = []
    in_caller(frame, block, item, out.append)
    return (out[0] if len(out) == 1 else Array.of(out)) if out else None


def invoked(frame: Frame, block: ScriptBlock, given: "list[Given]", item: Value = NOTHING) -> list[Value]:
    """What a block gives when it is called with arguments, in a scope of its own."""
    out: list[Value] = []
    body: Body = block.body
    home = block.home if block.home is not None else frame.scope
    caller = Frame(frame.engine, home, frame.streams, frame.command)
    stage = FunctionStage(caller, body, given, out.append, False, frame.streams, dot=False)
    if item is not NOTHING:
        stage.frame.scope.names["_"] = item
    stage.begin()
    stage.end()
    return out


def checked(frame: Frame, body: Body, item: Value) -> Value:
    """What a validation's block says of an item."""
    if body.end is None or body.process or body.signature.parameters:
        raise Refused("")
    inner = Frame(frame.engine, Scope(frame.scope), frame.streams, frame.command)
    inner.scope.names["_"] = item
    out: list[Value] = []
    with suppress(Return):
        body.end(inner, out.append)
    return (out[0] if len(out) == 1 else Array.of(out)) if out else None

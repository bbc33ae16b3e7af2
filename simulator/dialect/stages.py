"""The stages of a pipeline: values are pushed from one to the next, so each is handled before the next is made."""

from typing import Protocol

from simulator.dialect.convert import each, is_collection
from simulator.dialect.faults import StopUpstream
from simulator.dialect.frame import NOTHING, Emit
from simulator.dialect.values import Hash, Value


class Stage(Protocol):
    """One command of a running pipeline."""

    def begin(self) -> None:
        """Before the first value."""
        ...

    def process(self, value: Value) -> None:
        """One value from the left."""
        ...

    def end(self) -> None:
        """After the last value."""
        ...


def emit_all(value: Value, emit: Emit) -> None:
    """A value into a pipeline: a collection is unrolled, nothing is nothing, null is one item."""
    if value is NOTHING:
        return
    if is_collection(value):
        for item in each(value):
            emit(item)
    elif isinstance(value, Hash) or value is not None:
        emit(value)
    else:
        emit(None)


def drive(stages: list[Stage], feed: "Value | None", fed: bool) -> None:
    """Runs a chain: all begin, the source flows, all end in order.

    Args:
        stages: Left to right; each hands its output to the next by itself.
        feed: The value at the head, where an expression stands there.
        fed: Whether there is such a head; else the first stage runs by itself.
    """
    for stage in stages:
        stage.begin()
    start = 0
    try:
        if fed:
            emit_all(feed, stages[0].process)
        else:
            stages[0].end()
            start = 1
    except StopUpstream as stop:
        start = stages.index(stop.stage)  # type: ignore[arg-type]
    while start < len(stages):
        try:
            stages[start].end()
            start += 1
        except StopUpstream as stop:
            start = max(start + 1, stages.index(stop.stage))  # type: ignore[arg-type]

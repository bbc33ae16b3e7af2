"""The stages of a pipeline: values are pushed from one to the next, so each is handled before the next is made."""

from typing import Any, Protocol

from simulator.dialect.convert import is_collection, listed
from simulator.dialect.faults import StopUpstream
from simulator.dialect.proven import class_of, use
from simulator.dialect.run.frame import Emit
from simulator.dialect.values import NOTHING, Array, HashSet, Value


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
        use("unroll", class_of(value))
        for item in listed(value):
            if item is not NOTHING:
                emit(item)
    else:
        emit(value)


def feed_head(value: Value, stage: Any) -> None:
    """A value into the first stage; one whose order is not settled only into a stage that does not mind."""
    if isinstance(value, Array | HashSet) and value.loose and len(value) > 1:
        accept = getattr(stage, "any_order", None)
        if accept is not None and accept():
            for item in list(value.rows.values()) if isinstance(value, HashSet) else list(value):
                stage.process(item)
            return
    emit_all(value, stage.process)


def drive(stages: "list[Stage]", head: Value, headed: bool) -> None:
    """Runs a chain: all begin, the source flows, all end in order.

    Args:
        stages: Left to right; each hands its output to the next by itself.
        head: The value at the head, where an expression stands there.
        headed: Whether there is such a head; else the first stage runs by itself.
    """
    start = 0
    try:
        for stage in stages:
            stage.begin()
        if headed:
            feed_head(head, stages[0])
        else:
            stages[0].end()
            start = 1
    except StopUpstream as stop:
        start = place_of(stages, stop)
    while start < len(stages):
        try:
            stages[start].end()
            start += 1
        except StopUpstream as stop:
            start = max(start + 1, place_of(stages, stop))


def place_of(stages: "list[Stage]", stop: StopUpstream) -> int:
    """Which stage of this chain has enough; one of another chain is not ours to stop."""
    for place, stage in enumerate(stages):
        if stage is stop.stage or getattr(stage, "inner", None) is stop.stage:
            return place
    raise stop

"""How a cmdlet is written: a signature, and a function that makes its stage from what was bound."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulator.dialect.convert import is_collection, text, truth
from simulator.dialect.faults import StopUpstream, Thrown
from simulator.dialect.proven import class_of, use
from simulator.dialect.refuse import Refused
from simulator.dialect.run.binding import Given, bind
from simulator.dialect.run.frame import Emit, Frame, Streams
from simulator.dialect.run.preferences import collectors, common_preferences, preference
from simulator.dialect.run.scope import Scope
from simulator.dialect.run.signature import KNOWN_COMMON, Signature, declare
from simulator.dialect.values import NOTHING, ErrorRecord, Hash, NetException, Value

# cmdlets that take -InputObject as one value of the pipeline
ONE_BY_ONE = frozenset(
    f"{verb}-Object" for verb in ("Where", "ForEach", "Select", "Sort", "Group", "Measure", "Tee")
) | {"Get-Unique", "Out-Null"}
PREFERENCES = ("erroraction", "warningaction", "whatif", "verbose", "confirm")


@dataclass(slots=True)
class Use:
    """One use of a cmdlet.

    Args:
        caller: Where it stands: blocks run there.
        frame: Where it runs itself, with the preferences of its own common parameters.
        bound: What was bound, by parameter name.
        emit: Where its output goes.
        piped: Whether values come from the left.
    """

    caller: Frame
    frame: Frame
    bound: Hash
    emit: Emit
    piped: bool

    def get(self, name: str, default: Value = None) -> Value:
        """A bound argument."""
        return self.bound.get(name, default)

    def has(self, name: str) -> bool:
        """Whether it was given."""
        return name in self.bound

    def flag(self, name: str) -> bool:
        """A switch."""
        return truth(self.bound.get(name))

    def what_if(self) -> bool:
        """Whether changes are only told."""
        return truth(preference(self.frame.scope, "whatifpreference", False))

    def error(self, id_: str, type_: str, message: str | None, category: str, target: Value = None) -> None:
        """A non-terminating error; `id_` is complete."""
        self.frame.engine.report(self.frame, ErrorRecord(NetException(type_, message), id_, category, target))


class Plain:
    """A stage out of up to three functions."""

    def __init__(
        self,
        process: Callable[[Value], None] | None = None,
        end: Callable[[], None] | None = None,
        begin: Callable[[], None] | None = None,
        any_order: Callable[[], bool] | None = None,
    ) -> None:
        self._begin, self._process, self._end = begin, process, end
        self.name = ""
        self.single: Value = NOTHING  # what -InputObject names, where nothing is piped
        if any_order is not None:
            self.any_order = any_order

    def begin(self) -> None:
        """Before the first value."""
        if self._begin:
            self._begin()

    def process(self, value: Value) -> None:
        """One value."""
        if self._process is None:
            raise Refused("")
        if self.name:
            use("input", self.name, class_of(value))
        self._process(value)

    def end(self) -> None:
        """After the last."""
        if self.single is not NOTHING:
            try:
                self.process(self.single)
            except StopUpstream as stop:
                if stop.stage is not self:
                    raise
        if self._end:
            self._end()


@dataclass
class Cmdlet:
    """A cmdlet: what it takes and what makes its stage."""

    signature: Signature
    make: Callable[[Use], Any]

    def stage(self, frame: Frame, given: list[Given], emit: Emit, piped: bool, streams: Streams) -> Any:
        """Binds and makes the stage."""
        try:
            bound = bind(self.signature, given, piped, frame).bound
        except Thrown as thrown:
            if self.signature.real:  # the real cmdlet has more parameters, and errors of its own
                raise Refused("") from thrown
            raise
        if self.signature.core:
            self.asked(bound, piped)
        inner = frame
        if bound.rows and any(key.lower() in PREFERENCES for key, _ in bound.items()):
            scope = Scope(frame.scope)
            common_preferences(bound, scope.names, self.signature.name, keep=False)
            inner = Frame(frame.engine, scope, streams, frame.command)
        elif streams is not frame.streams:
            inner = Frame(frame.engine, frame.scope, streams, frame.command)
        kept = collectors(bound, frame.scope, streams) if bound.rows else streams
        if kept is not streams:
            inner = Frame(frame.engine, inner.scope, kept, frame.command)
            emit = gathering(kept, emit)
        made = self.make(Use(frame, inner, bound, emit, piped))
        if self.signature.core:
            made.name = self.signature.name
        if self.signature.name in ONE_BY_ONE and "InputObject" in bound:
            value = bound.get("InputObject")
            if piped or is_collection(value):
                raise Refused("")
            made.single = value
        return made

    def asked(self, bound: Hash, piped: bool) -> None:
        """Asks whether the cmdlet is proven with these parameters, and each with such a value."""
        names = sorted(name for name, _ in bound.items() if name not in KNOWN_COMMON)
        use("cmdlet", self.signature.name, "piped" if piped else "-", *names)
        for name in names:
            use("argument", self.signature.name, name, class_of(bound.get(name)))


def gathering(streams: Streams, emit: Emit) -> Emit:
    """-OutVariable: output is kept as it flows on."""
    targets = streams.collect.pop("output", None)
    if not targets:
        return emit

    def both(value: Value) -> None:
        for target in targets:
            target.append(value)
        emit(value)

    return both


def cmdlet(
    name: str, *parameters: str, should_process: bool = False, collects: str = ""
) -> Callable[[Callable[[Use], Any]], Cmdlet]:
    """Declares a core cmdlet; for the short form of parameters see `declare`.

    Args:
        name: Its name.
        parameters: What it takes.
        should_process: Whether it takes -WhatIf and -Confirm.
        collects: The parameter that takes all arguments that are left.
    """
    made = [declare(words) for words in parameters]
    signature = Signature(
        name,
        made,
        advanced=True,
        should_process=should_process,
        positional=False,
        real=True,
        collects=collects,
        core=True,
    )
    return lambda work: Cmdlet(signature, work)


def label(use: Use, name: str) -> str:
    """An argument as text, in lower case."""
    return text(use.get(name)).lower()

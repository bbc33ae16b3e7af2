"""How a cmdlet is written: a signature, and a function that makes its stage from what was bound."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulator.dialect.faults import Thrown
from simulator.dialect.binding import Binder, Given, Parameter, Signature
from simulator.dialect.frame import Emit, Frame
from simulator.dialect.functions import common_preferences
from simulator.dialect.refuse import Refused
from simulator.dialect.scope import Scope
from simulator.dialect.types import lookup
from simulator.dialect.values import Hash, Switch, Value


@dataclass
class Use:
    """One use of a cmdlet: what was bound, where it runs, where its output goes."""

    frame: Frame
    bound: Hash
    emit: Emit
    piped: bool

    def get(self, name: str, default: Value = None) -> Value:
        """A bound argument."""
        return self.bound.get(name, default)

    def flag(self, name: str) -> bool:
        """A switch."""
        value = self.bound.get(name)
        return bool(value) if isinstance(value, bool | Switch) else False


class Plain:
    """A stage out of up to three functions."""

    def __init__(
        self,
        process: Callable[[Value], None] | None = None,
        end: Callable[[], None] | None = None,
        begin: Callable[[], None] | None = None,
    ) -> None:
        self._begin, self._process, self._end = begin, process, end

    def begin(self) -> None:
        """Before the first value."""
        if self._begin:
            self._begin()

    def process(self, value: Value) -> None:
        """One value."""
        if self._process is None:
            raise Refused("")
        self._process(value)

    def end(self) -> None:
        """After the last."""
        if self._end:
            self._end()


INCOMPLETE = ("NamedParameterNotFound", "PositionalParameterNotFound", "AmbiguousParameter", "MissingArgument")


@dataclass
class Cmdlet:
    """A cmdlet: what it takes and what makes its stage."""

    signature: Signature
    make: Callable[[Use], Any]

    def stage(self, frame: Frame, given: Given, emit: Emit, piped: bool) -> Any:
        """Binds and makes the stage; the cmdlet's own preferences live in a scope of its own."""
        binder = Binder(self.signature)
        try:
            binder.bind(given, piped)
        except Thrown as thrown:
            if thrown.record.id.partition(",")[0] in INCOMPLETE:  # the real cmdlet has more parameters than ours
                raise Refused("") from thrown
            raise
        scope = Scope(frame.scope)
        common_preferences(binder.bound, scope.names, self.signature.name)
        return self.make(Use(Frame(frame.engine, scope, frame.cmdlet), binder.bound, emit, piped))


def cmdlet(name: str, *parameters: str, should_process: bool = False) -> Callable[[Callable[[Use], Any]], Cmdlet]:
    """Decorator: declares a cmdlet.

    Args:
        name: Its name.
        parameters: Each `Name:type`, with `*` before it where it is mandatory, `@0` after it for a position, and
            `|` at the end where it takes the pipeline.
        should_process: Whether it takes -WhatIf and -Confirm.
    """
    made = [declare(words) for words in parameters]
    signature = Signature(name, made, advanced=True, should_process=should_process, positional=False)
    return lambda work: Cmdlet(signature, work)


def declare(words: str) -> Parameter:
    """A parameter from its short form."""
    mandatory, words = words.startswith("*"), words.lstrip("*")
    pipeline, words = words.endswith("|"), words.rstrip("|")
    words, _, place = words.partition("@")
    name, _, kind = words.partition(":")
    return Parameter(
        name,
        lookup(kind) if kind else None,
        mandatory,
        int(place) if place else None,
        pipeline,
        allow_null=True,
        allow_empty=True,
    )

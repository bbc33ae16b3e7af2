"""Where a body runs: the engine, its scope, its streams, and the command around it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from simulator.dialect.run.scope import Scope
from simulator.dialect.values import ErrorRecord, NetList, Record, Value

if TYPE_CHECKING:
    from simulator.dialect.engine import Engine

Emit = Callable[[Value], None]


class Streams:
    """Where errors, warnings and verbose messages go: to the run's own lists, away, or into the output."""

    __slots__ = ("collect", "errors", "verbose", "warnings")

    def __init__(
        self, errors: Callable[[ErrorRecord], None], warnings: Callable[[str], None], verbose: Callable[[str], None]
    ) -> None:
        self.errors = errors
        self.warnings = warnings
        self.verbose = verbose
        self.collect: dict[str, list[NetList]] = {}

    def copy(self) -> "Streams":
        """The same, to be changed for one command."""
        made = Streams(self.errors, self.warnings, self.verbose)
        made.collect = {key: list(lists) for key, lists in self.collect.items()}
        return made

    def gather(self, stream: str, item: Value) -> None:
        """Puts an item into the variables that collect this stream."""
        for target in self.collect.get(stream, ()):
            target.append(item)

    def redirect(self, stream: str, into: str, emit: Emit) -> None:
        """`2>$null`, `3>&1` and the like. Warnings and verbose messages sent to null are kept by whoever listens."""
        drop: Callable[[Any], None] = lambda _: None  # noqa: E731 (one of two choices)
        if stream in ("2", "*"):
            self.errors = drop if into == "null" else emit
        if stream in ("3", "*") and into != "null":
            self.warnings = as_record("Warning", emit)
        if stream in ("4", "*") and into != "null":
            self.verbose = as_record("Verbose", emit)


def as_record(kind: str, emit: Emit) -> Callable[[str], None]:
    """A message as an object of the output."""
    return lambda told: emit(Record(f"System.Management.Automation.{kind}Record", told))


class Frame:
    """One running body: a script, a function, a script block."""

    __slots__ = ("command", "engine", "scope", "streams")

    def __init__(self, engine: "Engine", scope: Scope, streams: Streams, command: Any = None) -> None:
        self.engine = engine
        self.scope = scope
        self.streams = streams
        self.command = command  # the function around, where there is one


Expr = Callable[[Frame], Value]
Stmt = Callable[[Frame, Emit], None]

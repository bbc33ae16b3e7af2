"""Exchange's cmdlets as commands of the script dialect: values in both directions, errors, prompts, -WhatIf.

Cmdlets of modules do not see a script's preference variables: -WhatIf, -Confirm and -ErrorAction count only where a
call gives them (PowerShell issue 4568).
"""

import uuid
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

from simulator.dialect.convert import each, text
from simulator.dialect.refuse import Refused
from simulator.dialect.run.binding import Given, bind
from simulator.dialect.run.frame import Emit, Frame, Streams
from simulator.dialect.run.preferences import collectors, common_preferences
from simulator.dialect.run.scope import Scope
from simulator.dialect.run.signature import SWITCH, Parameter, Signature
from simulator.dialect.syntax.units import from_units, to_units
from simulator.dialect.values import (
    Array,
    Enum,
    ErrorRecord,
    Hash,
    NetException,
    NetList,
    NetType,
    Obj,
    Opaque,
    Switch,
    Value,
)
from simulator.exchange.calling import call, parameters
from simulator.exchange.cmdlets import CMDLETS
from simulator.exchange.console import SECURE
from simulator.exchange.errors import ExchangeError, NotSimulated
from simulator.exchange.session import Cmdlet, Session, Shown

JSON = dict[str, Any]
_COMMON = frozenset(
    {"erroraction", "warningaction", "whatif", "confirm", "verbose", "errorvariable", "warningvariable", "outvariable"}
)
_BATCH = 200
_CONTINUE = Enum("System.Management.Automation.ActionPreference", "Continue", 2)


def commands(session: Session) -> dict[str, "Command"]:
    """Every cmdlet of the session's product, by lower-case name."""
    return {one.name.lower(): Command(session, one) for one in CMDLETS if one.documented(session.product)}


class Command:
    """One cmdlet as the dialect calls it."""

    def __init__(self, session: Session, cmdlet: Cmdlet) -> None:
        self.session = session
        self.cmdlet = cmdlet
        found = [_parameter(name, what) for name, what in parameters(session, cmdlet).items()]
        should = bool(cmdlet.documented(session.product)["whatIf"])
        kept = [p for p in found if p.name not in ("WhatIf", "Confirm")]
        self.signature = Signature(cmdlet.name, kept, advanced=True, should_process=should, positional=False, real=True)

    def stage(self, frame: Frame, given: list[Given], emit: Emit, piped: bool, streams: Streams) -> "Stage":
        """One use in a pipeline. Scripts of ours give every argument by name."""
        self._named(given, int(frame.engine.line))
        if piped:
            raise Missing(NotSimulated(self.cmdlet.name, "takes nothing from a pipeline here"), self.cmdlet.name, 0)
        bound = bind(self.signature, given, piped).bound
        inner = Frame(frame.engine, Scope(frame.scope), collectors(bound, frame.scope, streams), frame.command)
        inner.scope.names["erroractionpreference"] = _CONTINUE
        common_preferences(bound, inner.scope.names, self.cmdlet.name, keep=False)
        return Stage(self, inner, bound, emit)

    def _named(self, given: list[Given], line: int) -> None:
        """Refuses arguments by place, and names that the product's cmdlet does not have."""
        name = self.cmdlet.name
        for one in given:
            if not one.name:
                raise Missing(NotSimulated(name, "is given a value without its parameter's name"), name, line)
            if self.signature.lookup(one.name) is None:
                why = f"is no parameter of {name} in {self.session.product}"
                raise Missing(NotSimulated(f"-{from_units(one.name)}", why), name, line)


class Stage:
    """A running cmdlet: it takes nothing from the pipeline and does its work at the end."""

    def __init__(self, command: Command, frame: Frame, bound: Hash, emit: Emit) -> None:
        self.command, self.frame, self.bound, self.emit = command, frame, bound, emit
        self.line = int(frame.engine.line)

    def begin(self) -> None:
        """Nothing to do."""

    def process(self, value: Value) -> None:  # noqa: ARG002
        """Nothing is taken from the pipeline."""
        raise Refused("")

    def end(self) -> None:
        """Asks where the real one would, then does the work and hands its rows on."""
        session, cmdlet = self.command.session, self.command.cmdlet
        given = {text(name): value for name, value in self.bound.items()}
        what_if = _true(given.get("WhatIf"))
        confirm = given.get("Confirm")
        asks = _true(confirm) if confirm is not None else cmdlet.asks
        plain = {name: _plain(value) for name, value in given.items() if name.lower() not in _COMMON}
        if asks and not what_if and not self.frame.engine.ask(_question(cmdlet, plain)):
            return
        session.line = self.line
        session.warned = lambda told: self.frame.engine.warn(self.frame, told)
        try:
            for row in self._rows(plain, what_if):
                self.emit(_value(row))
        except NotSimulated as missing:
            raise Missing(missing, cmdlet.name, self.line) from missing
        except ExchangeError as error:
            self.frame.engine.report(self.frame, self._record(error))

    def _record(self, error: ExchangeError) -> ErrorRecord:
        """An error as a catch block sees it."""
        command = self.command
        words = to_units(error.message(online=command.session.online))
        exception = NetException("System.Exception", words, given=True)
        record = ErrorRecord(exception, f"{error.kind},{command.cmdlet.name}", error.category, to_units(error.target))
        record.activity, record.line = command.cmdlet.name, self.line
        return record

    def _rows(self, plain: JSON, what_if: bool) -> Iterator[JSON]:
        """The rows, some hundred at a time, each time where the tenant's state may be touched."""
        session = self.command.session
        rows = call(session, self.command.cmdlet.name, plain, what_if=what_if)
        while True:
            batch: list[JSON] = session.within(lambda: list(islice(rows, _BATCH)))
            yield from batch
            if len(batch) < _BATCH:  # that was the end of them
                return


class Missing(Refused):
    """A refusal that knows why. A parameter that was splatted does not stand on the line, but the cmdlet does."""

    def __init__(self, missing: NotSimulated, cmdlet: str, line: int) -> None:
        super().__init__(missing.what, line)
        self.why = missing.why
        self.cmdlet = cmdlet

    def named_on(self, line: str) -> str:
        """What of it stands on the line."""
        return self.what if self.what.lower() in line.lower() else self.cmdlet


def _parameter(name: str, what: JSON) -> Parameter:
    types = {"switch": SWITCH, "bool": NetType("System.Boolean"), "int": NetType("System.Int32")}
    types["text"] = NetType("System.String")
    return Parameter(name, types.get(what["type"]), position=what.get("position"), allow_null=True, allow_empty=True)


def _question(cmdlet: Cmdlet, given: JSON) -> str:
    target = next((str(given[key]) for key in ("Identity", "Member", "Name") if given.get(key)), cmdlet.name)
    return f'{cmdlet.name} asks: are you sure about "{target}"?'


def _true(value: Value) -> bool:
    return value is not None and bool(value)


def _plain(value: Value) -> Any:  # noqa: PLR0911 (one line a type)
    """A value of the dialect as Python has it. Raises Refused for what no Exchange parameter takes."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Switch):
        return value.present
    if isinstance(value, str):
        return from_units(value)
    if isinstance(value, Array | NetList):
        return [_plain(item) for item in each(value)]
    if isinstance(value, int):
        return int(value)
    if isinstance(value, Enum | Obj | uuid.UUID | Decimal | float):
        return from_units(text(value))
    if isinstance(value, Opaque) and value.type == SECURE:
        return "(secret)"  # never looked at
    raise Refused("")


def _value(found: Any) -> Value:
    """A row, or a value in one, as an object of the dialect."""
    if isinstance(found, Shown):
        made = Obj({key: _value(item) for key, item in found.properties.items()})
        made.host = to_units(found.text)
        return made
    if isinstance(found, dict):
        return Obj({key: _value(item) for key, item in found.items()})
    if isinstance(found, list | tuple):
        return NetList([_value(item) for item in found], "System.Collections.ArrayList")
    return to_units(found) if isinstance(found, str) else found

"""The script dialect with Exchange's cmdlets in it: one run, its events told, its values as JSON."""

import datetime
from collections.abc import Callable
from typing import Any

from simulator.dialect.cmdlets.core import core
from simulator.dialect.convert import each, text
from simulator.dialect.engine import Engine, Outcome, run_script
from simulator.dialect.files import Files
from simulator.dialect.refuse import Refused
from simulator.dialect.syntax.units import from_units
from simulator.dialect.values import Array, Hash, HashSet, NetList, Obj, Switch, Value
from simulator.exchange.console import console
from simulator.exchange.host import Missing, commands
from simulator.exchange.reasons import reason
from simulator.exchange.rehearsal import Order, Tell
from simulator.exchange.session import Session

JSON = dict[str, Any]


class _Told(list[Any]):
    """A stream whose items are told instead of kept, so that memory stays flat."""

    def __init__(self, tell: Callable[[Any], None]) -> None:
        super().__init__()
        self._tell = tell

    def append(self, item: Any) -> None:
        self._tell(item)


class Host:
    """What stands behind the script's session: simulated time."""

    def __init__(self, session: Session, sleep: Callable[[float], None]) -> None:
        self._session, self.sleep = session, sleep

    def now(self) -> datetime.datetime:
        """The tenant's time, UTC."""
        moment: datetime.datetime = self._session.tenant.now()
        return moment


def run(order: Order, session: Session, tell: Tell, sleep: Callable[[float], None]) -> None:
    """Runs the script; its result, its error or its refusal is told at the end."""
    order.folder.mkdir(parents=True, exist_ok=True)

    def prompt(told: str) -> bool:
        tell({"prompt": from_units(told)})
        return True

    def progress(activity: str, status: str) -> None:
        tell({"progress": {"activity": from_units(activity), "status": from_units(status)}})

    table = {**core(), **commands(session), **console(session, prompt, progress)}
    engine = Engine(Files(order.folder), table, prompt)
    engine.host = Host(session, sleep)
    engine.prompts = _Told(lambda _: None)
    engine.warnings = _Told(lambda told: tell({"warning": from_units(told)}))
    engine.verbose_lines = _Told(lambda _: None)
    engine.what_ifs = _Told(lambda told: tell({"whatIf": from_units(told)}))
    engine.errors = _Told(lambda record: tell({"error": _error(record, record.line)}))
    given = dict(order.arguments) | ({"WhatIf": True} if order.what_if else {})
    arguments = {name: Switch(value) if isinstance(value, bool) else value for name, value in given.items()}
    try:
        outcome = run_script(order.source.removeprefix("\ufeff"), engine, arguments, str(order.folder / order.name))
    except Refused as refusal:
        tell({"refused": _refusal(refusal, order.source, session.product)})
        return
    except RecursionError:
        tell({"refused": {"what": "", "line": engine.line or 1, "why": "it is nested too deeply"}})
        return
    _ended(outcome, tell)


def _refusal(refusal: Refused, source: str, product: str) -> JSON:
    what, why = refusal.what, reason(from_units(refusal.what), product)
    if isinstance(refusal, Missing):
        lines = source.splitlines()
        what, why = refusal.named_on(lines[refusal.line - 1] if 0 < refusal.line <= len(lines) else ""), refusal.why
    return {"what": from_units(what), "line": refusal.line, "why": why}


def _ended(outcome: Outcome, tell: Tell) -> None:
    if outcome.error is not None:
        tell({"error": _error(outcome.error.record, getattr(outcome.error, "line", 0) or outcome.error.record.line)})
    elif outcome.code:
        tell({"error": {"message": f"The script ended with exit code {outcome.code}.", "id": "exit", "line": 0}})
    else:
        tell({"result": as_json(outcome.output[-1]) if outcome.output else None})


def _error(record: Any, line: int) -> JSON:
    return {"message": from_units(record.exception.message or ""), "id": from_units(record.id), "line": line}


def as_json(value: Value) -> Any:
    """A value of the dialect as JSON has it."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return from_units(value)
    if isinstance(value, Obj):
        return {from_units(name): as_json(item) for name, item in value.items()}
    if isinstance(value, Hash):
        return {from_units(text(key)): as_json(item) for key, item in value.items()}
    if isinstance(value, Array | NetList | HashSet):
        return [as_json(item) for item in each(value)]
    return from_units(text(value))

"""Calling a cmdlet: its parameters checked against the documentation, its work done, its errors as they are.

This is the one way into the cmdlets, for the script dialect and for tests alike.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from simulator.exchange.cmdlets import CMDLETS
from simulator.exchange.errors import ExchangeError, NotSimulated
from simulator.exchange.session import Cmdlet, Session, Use

JSON = dict[str, Any]


@cache
def _by_name() -> dict[str, Cmdlet]:
    return {cmdlet.name.lower(): cmdlet for cmdlet in CMDLETS}


def cmdlet_of(session: Session, name: str) -> Cmdlet:
    """The cmdlet of a name in the session's product. Raises NotSimulated."""
    found = _by_name().get(name.lower())
    if found is None or not found.documented(session.product):
        raise NotSimulated(name, f"is no cmdlet of the simulated Exchange ({session.product})")
    return found


def call(session: Session, name: str, given: Mapping[str, Any], *, what_if: bool = False) -> Iterator[JSON]:
    """Runs a cmdlet and hands on its rows one by one.

    `given` holds plain values by the parameters' documented names. Raises NotSimulated, ExchangeError.
    """
    cmdlet = cmdlet_of(session, name)
    check(session, cmdlet, given)
    session.can(cmdlet.name)
    session.calls += 1
    session.before_each(cmdlet.name)
    if session.online and not cmdlet.free and not session.connected:
        text = "You must call the Connect-ExchangeOnline cmdlet before calling any other cmdlets."
        raise ExchangeError("UnauthorizedAccessException", text, cmdlet.name, "PermissionDenied")
    yield from cmdlet.work(Use(session, cmdlet.name, given, what_if))
    session.after_each(cmdlet.name)


def check(session: Session, cmdlet: Cmdlet, given: Mapping[str, Any]) -> None:
    """Holds what was given to the documentation: names, sets, mandatory ones. Raises NotSimulated, ExchangeError."""
    page = cmdlet.documented(session.product)
    for name in given:
        known = page["parameters"].get(name)
        if known is None or session.product not in known.get("products", page["products"]):
            raise NotSimulated(f"-{name}", f"is no parameter of {cmdlet.name} in {session.product}")
        if name not in cmdlet.parameters:
            raise NotSimulated(f"-{name}", f"of {cmdlet.name} is not simulated")
    if not any(_fits(one, given) for one in page["sets"]):
        text = f"Parameter set of {cmdlet.name} cannot be resolved using the specified named parameters."
        raise ExchangeError("ParameterBindingException", text, cmdlet.name, "InvalidArgument")


def _fits(one: JSON, given: Mapping[str, Any]) -> bool:
    known = {*one["mandatory"], *one["optional"]}
    return set(one["mandatory"]) <= set(given) and set(given) <= known


def parameters(session: Session, cmdlet: Cmdlet) -> dict[str, JSON]:
    """The documented parameters of a cmdlet in the session's product: name -> {type, position?, pipeline?}."""
    page = cmdlet.documented(session.product)
    return {
        name: found
        for name, found in page["parameters"].items()
        if session.product in found.get("products", page["products"])
    }

"""Parameters and how arguments are bound to them, for functions and cmdlets alike."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from simulator.dialect.convert import text
from simulator.dialect.faults import engine
from simulator.dialect.refuse import Refused
from simulator.dialect.types import as_parameter
from simulator.dialect.values import Array, Hash, NetType, Switch, Value

BINDING = "System.Management.Automation.ParameterBindingException"
VALIDATION = "System.Management.Automation.ParameterBindingValidationException"
COMMON = ("ErrorAction", "Verbose", "ErrorVariable", "WarningAction", "Debug", "OutVariable", "InformationAction")
SHOULD = ("WhatIf", "Confirm")
SWITCHES = ("Verbose", "Debug", "WhatIf", "Confirm")


@dataclass
class Parameter:
    """One parameter: its type, and what binding must know of it."""

    name: str
    type: NetType | None = None
    mandatory: bool = False
    position: int | None = None
    pipeline: bool = False
    by_name: bool = False
    aliases: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    default: Callable[[Any], Value] | None = None
    allow_null: bool = False
    allow_empty: bool = False
    validators: list[Callable[[Value, str], None]] = field(default_factory=list)

    @property
    def switch(self) -> bool:
        """True for a [switch]."""
        return self.type is not None and self.type.name == "System.Management.Automation.SwitchParameter"


@dataclass
class Signature:
    """What a command takes."""

    name: str
    parameters: list[Parameter]
    advanced: bool = False
    should_process: bool = False
    impact: str = "Medium"
    default_set: str = ""
    positional: bool = True

    def lookup(self, name: str) -> Parameter | None:
        """The parameter of that name, alias, or unique prefix.

        Raises:
            Thrown: The prefix fits several.
        """
        low = name.lower()
        for p in self.parameters:
            if low == p.name.lower() or low in (a.lower() for a in p.aliases):
                return p
        common = self.common()
        exact = next((c for c in common if c.lower() == low), None)
        if exact:
            return common_parameter(exact)
        fits = [p for p in self.parameters if p.name.lower().startswith(low)]
        also = [c for c in common if c.lower().startswith(low)]
        if len(fits) + len(also) > 1:
            names = " ".join(f"-{n}" for n in [p.name for p in fits] + also)
            message = f"Parameter cannot be processed because the parameter name '{name}' is ambiguous. Possible matches include: {names}."
            raise engine(f"AmbiguousParameter,{self.name}", message, "InvalidArgument", BINDING)
        return fits[0] if fits else common_parameter(also[0]) if also else None

    def common(self) -> tuple[str, ...]:
        """The common parameters this command has."""
        return (COMMON if self.advanced else ()) + (SHOULD if self.should_process else ())


def common_parameter(name: str) -> Parameter:
    """A common parameter."""
    switch = NetType("System.Management.Automation.SwitchParameter")
    return Parameter(name, switch if name in SWITCHES else None)


@dataclass
class Given:
    """What a call gave: named and positional arguments, evaluated."""

    named: list[tuple[str, Value, bool]]  # name, value, was there a value
    positional: list[Value]
    splatted: list[tuple[str, Value]]


class Binder:
    """Binds one call's arguments; pipeline input comes later, item by item."""

    def __init__(self, signature: Signature) -> None:
        self.signature = signature
        self.bound = Hash(kind="System.Collections.Generic.Dictionary`2")
        self.rest: list[Value] = []

    def bind(self, given: Given, piped: bool) -> None:
        """Named first, splatted next, positions last; then the mandatory ones must be there."""
        explicit: set[str] = set()
        for name, value, has in given.named:
            self._named(name, value, has, explicit)
        for name, value in given.splatted:
            self._splatted(name, value, explicit)
        self._positions(given.positional)
        self._sets()
        for p in self.signature.parameters:
            if p.mandatory and p.name not in self.bound and not (piped and (p.pipeline or p.by_name)):
                raise self._missing(p)

    def _named(self, name: str, value: Value, has: bool, explicit: set[str]) -> None:
        p = self.signature.lookup(name)
        if p is None:
            if self.signature.advanced:
                raise self._unknown(name)
            self.rest += [f"-{name}"] + ([value] if has else [])
            return
        if p.name in self.bound:
            raise self._twice(p)
        explicit.add(p.name)
        if p.switch and not has:
            value = Switch(True)
        elif not has:
            message = f"Missing an argument for parameter '{p.name}'."
            raise engine(f"MissingArgument,{self.signature.name}", message, "InvalidArgument", BINDING)
        self.put(p, value)

    def _splatted(self, name: str, value: Value, explicit: set[str]) -> None:
        p = self.signature.lookup(name)
        if p is None:
            if self.signature.advanced:
                raise self._unknown(name)
            raise Refused(name)
        if p.name in explicit:
            return
        if p.name in self.bound:
            raise self._twice(p)
        self.put(p, value)

    def _positions(self, values: list[Value]) -> None:
        free = [p for p in self.signature.parameters if p.name not in self.bound and not p.switch]
        ranked = [p for p in free if p.position is not None]
        if not ranked and self.signature.positional:
            ranked = free if not any(p.position is not None for p in self.signature.parameters) else []
        else:
            ranked.sort(key=lambda p: p.position or 0)
        for place, value in enumerate(values):
            if place < len(ranked):
                self.put(ranked[place], value)
            elif self.signature.advanced:
                message = f"A positional parameter cannot be found that accepts argument '{text(value)}'."
                raise engine(f"PositionalParameterNotFound,{self.signature.name}", message, "InvalidArgument", BINDING)
            else:
                self.rest.append(value)

    def _sets(self) -> None:
        named = [set(p.sets) for p in self.signature.parameters if p.sets and p.name in self.bound]
        if named and not set.intersection(*named):
            message = "Parameter set cannot be resolved using the specified named parameters. One or more parameters issued cannot be used together or an insufficient number of parameters were provided."
            raise engine(f"AmbiguousParameterSet,{self.signature.name}", message, "InvalidArgument", BINDING)

    def put(self, p: Parameter, value: Value) -> None:
        """Converts, validates and keeps one argument."""
        if p.type is not None:
            value = as_parameter(p.type, value, p.name, self.signature.name)
        if p.mandatory:
            self._filled(p, value)
        for check in p.validators:
            check(value, self.signature.name)
        self.bound.put(p.name, value)

    def _filled(self, p: Parameter, value: Value) -> None:
        """A mandatory parameter takes neither null nor an empty string or array."""
        reason = ""
        if value is None and not p.allow_null:
            reason, kind = "it is null", "ParameterArgumentValidationErrorNullNotAllowed"
        elif isinstance(value, str) and value == "" and not p.allow_empty:
            reason, kind = "it is an empty string", "ParameterArgumentValidationErrorEmptyStringNotAllowed"
        elif isinstance(value, Array) and not value:
            reason, kind = "it is an empty array", "ParameterArgumentValidationErrorEmptyArrayNotAllowed"
        if reason:
            message = f"Cannot bind argument to parameter '{p.name}' because {reason}."
            raise engine(f"{kind},{self.signature.name}", message, "InvalidData", VALIDATION)

    def _unknown(self, name: str) -> Exception:
        message = f"A parameter cannot be found that matches parameter name '{name.lstrip('-')}'."
        return engine(f"NamedParameterNotFound,{self.signature.name}", message, "InvalidArgument", BINDING)

    def _twice(self, p: Parameter) -> Exception:
        message = f"Cannot bind parameter because parameter '{p.name}' is specified more than once. To provide multiple values to parameters that can accept multiple values, use the array syntax. For example, \"-parameter value1,value2,value3\"."
        return engine(f"ParameterAlreadyBound,{self.signature.name}", message, "InvalidArgument", BINDING)

    def _missing(self, p: Parameter) -> Exception:
        raise Refused(self.signature.name)  # the engine would ask for it; a script must not prompt here

"""Parameters: what a command takes, for functions and cmdlets alike."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from simulator.dialect.faults import BINDING, engine
from simulator.dialect.refuse import Refused
from simulator.dialect.types import lookup
from simulator.dialect.values import NetType, Value

SWITCH = NetType("System.Management.Automation.SwitchParameter")
COMMON: tuple[str, ...] = (
    "Verbose",
    "Debug",
    "ErrorAction",
    "WarningAction",
    "InformationAction",
    "ProgressAction",
    "ErrorVariable",
)
COMMON += ("WarningVariable", "InformationVariable", "OutVariable", "OutBuffer", "PipelineVariable")
SHOULD = ("WhatIf", "Confirm")
SWITCHES = ("Verbose", "Debug", "WhatIf", "Confirm")
KNOWN_COMMON = ("Verbose", "ErrorAction", "WarningAction", "ErrorVariable", "WarningVariable", "OutVariable", *SHOULD)
Check = Callable[[Value, str, Any], None]  # value, command, frame


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
    allow_empty: bool = False  # text
    allow_none: bool = False  # a collection without items
    validators: list[Check] = field(default_factory=list)
    common: bool = False

    def __post_init__(self) -> None:
        self.low = self.name.lower()
        self.switch = self.type == SWITCH


@dataclass
class Signature:
    """What a command takes.

    Args:
        name: The command's name, as errors show it.
        advanced: Takes the common parameters, and refuses what it does not know.
        should_process: Takes -WhatIf and -Confirm.
        positional: Parameters without a position get one in order.
        real: A cmdlet whose real one may have more parameters than are listed here.
        collects: The parameter that takes all arguments that are left.
        core: One of the core cmdlets, each of which is proven by itself; others are a host's.
    """

    name: str
    parameters: list[Parameter]
    advanced: bool = False
    should_process: bool = False
    impact: str = "Medium"
    default_set: str = ""
    positional: bool = True
    real: bool = False
    collects: str = ""
    core: bool = False

    def __post_init__(self) -> None:
        self.index: dict[str, Parameter] = {}
        self.finish()

    def finish(self) -> None:
        """Works out names, positions and what takes the pipeline, once all parameters are known."""
        self.index = {}
        self.said = self.name if self.core else "host" if self.real else "advanced" if self.advanced else "function"
        for p in self.parameters:
            for name in (p.name, *p.aliases):
                self.index.setdefault(name.lower(), p)
        if self.advanced:
            for name in (*COMMON, *(SHOULD if self.should_process else ())):
                self.index.setdefault(name.lower(), common(name))
        self.takers = [p for p in self.parameters if p.pipeline or p.by_name]
        self.mandatory = [p for p in self.parameters if p.mandatory]
        self.sets = list(dict.fromkeys(s for p in self.parameters for s in p.sets))
        explicit = any(p.position is not None for p in self.parameters) or bool(self.sets)
        if explicit or not self.positional:
            placed = [p for p in self.parameters if p.position is not None]
            self.ranked = sorted(placed, key=lambda p: p.position or 0)
        else:
            self.ranked = [p for p in self.parameters if not p.switch]

    def lookup(self, name: str) -> Parameter | None:
        """The parameter of that name, alias, or unique beginning.

        Raises:
            Thrown: The beginning fits several.
            Refused: A common parameter that the dialect does not have.
        """
        low = name.lower()
        found = self.index.get(low)
        if found is None:
            fits = list({id(p): p for key, p in self.index.items() if key.startswith(low)}.values())
            if len(fits) > 1:
                raise self.ambiguous(name, fits)
            found = fits[0] if fits else None
        if found is not None and found.common and found.name not in KNOWN_COMMON:
            raise Refused("")
        return found

    def ambiguous(self, name: str, fits: list[Parameter]) -> Exception:
        """Several parameters begin like this."""
        if any(p.common for p in fits):
            return Refused("")
        names = " ".join(f"-{p.name}" for p in fits)
        told = (
            f"Parameter cannot be processed because the parameter name '{name}' is ambiguous. "
            f"Possible matches include: {names}."
        )
        return engine(f"AmbiguousParameter,{self.name}", told, "InvalidArgument", BINDING)


def common(name: str) -> Parameter:
    """A common parameter."""
    return Parameter(name, SWITCH if name in SWITCHES else None, common=True)


def declare(words: str) -> Parameter:
    """A parameter from a short form: `*Name:type@0|`.

    `*` in front where it is mandatory, `@0` behind it for a position, `|` at the end where it takes the pipeline;
    names after a `/` are aliases.
    """
    mandatory, words = words.startswith("*"), words.lstrip("*")
    pipeline, words = words.endswith("|"), words.rstrip("|")
    words, _, place = words.partition("@")
    words, _, kind = words.partition(":")
    name, *aliases = words.split("/")
    return Parameter(
        name,
        lookup(kind) if kind else None,
        mandatory,
        int(place) if place else None,
        pipeline,
        aliases=tuple(aliases),
        allow_null=True,
        allow_empty=True,
        allow_none=True,
    )

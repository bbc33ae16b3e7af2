"""Preference variables and common parameters: what happens with errors, warnings, verbose messages, changes."""

from simulator.dialect.convert import text, truth
from simulator.dialect.faults import BINDING, engine
from simulator.dialect.proven import class_of, use
from simulator.dialect.refuse import Refused
from simulator.dialect.run.frame import Frame, Streams
from simulator.dialect.run.scope import Scope
from simulator.dialect.types import ENUMS
from simulator.dialect.values import ARRAY_LIST, Enum, Hash, NetList, Value

PREFERENCE = "System.Management.Automation.ActionPreference"
IMPACT = "System.Management.Automation.ConfirmImpact"
IMPACTS = {"none": 0, "low": 1, "medium": 2, "high": 3}
COMMON_NAMES = ("erroraction", "warningaction", "whatif", "verbose", "confirm")
COLLECTED = {"errorvariable": "error", "warningvariable": "warning", "outvariable": "output"}


def preference(scope: Scope, name: str, default: Value) -> Value:
    """A preference variable, or its default."""
    owner = scope.find(name)
    return default if owner is None else owner.names[name]


def chosen(scope: Scope, name: str, default: str) -> str:
    """A preference in lower case."""
    return text(preference(scope, name, default)).lower()


def on_error(scope: Scope) -> str:
    """What a scope does with an error."""
    return chosen(scope, "erroractionpreference", "Continue")


def action(name: str, value: Value, command: str) -> Enum:
    """An action preference by name or its unique beginning.

    Raises:
        Thrown: It is none.
    """
    if isinstance(value, Enum):
        return value
    word = text(value)
    names = ENUMS[PREFERENCE]
    exact = [a for a in names if a.lower() == word.lower()]
    fits = exact or [a for a in names if word and a.lower().startswith(word.lower())]
    if len(fits) != 1:
        told = f'Cannot bind parameter \'{name}\'. Cannot convert value "{word}" to type "{PREFERENCE}".'
        raise engine(f"CannotConvertArgumentNoMessage,{command}", told, "InvalidArgument", BINDING)
    if fits[0] in ("Suspend", "Break", "Inquire"):
        raise Refused("")
    return Enum(PREFERENCE, fits[0], names[fits[0]])


def common_preferences(bound: Hash, names: dict[str, Value], command: str, *, keep: bool) -> None:
    """Sets the preferences that the common parameters ask for; `keep` writes them back as what was bound."""
    for key, raw in bound.items():
        low = key.lower()
        if low in COMMON_NAMES:
            use(
                "common",
                low,
                "cmdlet" if not keep else "function",
                text(raw).lower() if low.endswith("action") else class_of(raw),
            )
        if low in ("erroraction", "warningaction"):
            made = action(key, raw, command)
            names[low.replace("action", "actionpreference" if low[0] == "e" else "preference")] = made
            if keep:
                bound.put(key, made)
        elif low == "whatif":
            names["whatifpreference"] = raw
        elif low == "verbose":
            shown = "Continue" if truth(raw) else "SilentlyContinue"
            names["verbosepreference"] = Enum(PREFERENCE, shown, ENUMS[PREFERENCE][shown])
        elif low == "confirm":
            names["confirmpreference"] = Enum(IMPACT, *(("Low", 1) if truth(raw) else ("None", 0)))


def collectors(bound: Hash, caller: Scope, streams: Streams) -> Streams:
    """The streams with the variables that -ErrorVariable and its like ask for, made in the caller's scope."""
    made = streams
    for key, raw in bound.items():
        kind_ = COLLECTED.get(key.lower())
        if kind_ is None:
            continue
        name = text(raw).lower()
        if not name.isidentifier():
            raise Refused("")
        use("collect", kind_)
        target = NetList([], ARRAY_LIST)
        caller.set(name, target)
        made = made.copy() if made is streams else made
        made.collect.setdefault(kind_, []).append(target)
    return made


def should_process(frame: Frame, name: str, impact: str, arguments: list[Value]) -> bool:
    """ShouldProcess(target[, action]): false under -WhatIf; may ask; tells the verbose stream."""
    words = [text(a) for a in arguments]
    use("should-process", str(len(arguments)), impact.lower(), *map(class_of, arguments))
    told = f'Performing the operation "{words[1] if len(words) == 2 else name}" on target "{words[0]}".'
    if len(words) == 3:
        told = words[0]
    if truth(preference(frame.scope, "whatifpreference", False)):
        frame.engine.what_if(told)
        return False
    wanted = chosen(frame.scope, "confirmpreference", "High")
    if wanted not in IMPACTS:
        raise Refused("")
    asks = wanted != "none" and IMPACTS[impact.lower()] >= IMPACTS[wanted]
    if asks and not frame.engine.ask(words[1] if len(words) == 3 else told):
        return False
    frame.engine.verbose(frame, told)
    return True


def is_bound(bound: Hash, *names: str) -> bool:
    """Whether any of these parameters was given."""
    return any(name in bound for name in names)

"""How arguments are bound to parameters: by name, by place, from the pipeline, in the engine's order."""

from dataclasses import dataclass, field
from typing import Any

from simulator.dialect.casts import cast
from simulator.dialect.convert import text
from simulator.dialect.faults import BINDING, TRANSFORMATION, VALIDATION, Thrown, engine
from simulator.dialect.proven import class_of, use
from simulator.dialect.refuse import Refused
from simulator.dialect.run.signature import SWITCH, Parameter, Signature
from simulator.dialect.values import DICTIONARY, Array, Hash, NetList, NetType, Obj, Switch, Value, is_number, type_name


@dataclass(slots=True)
class Given:
    """One argument of a call: a name (empty for a position), its value, and how it was written."""

    name: str
    value: Value = None
    has: bool = True
    colon: bool = False
    splatted: bool = False


@dataclass(slots=True)
class Binding:
    """What was bound: by parameter name, in order; and what is left for `$args`."""

    bound: Hash = field(default_factory=lambda: Hash(ordered=True, kind=DICTIONARY))
    rest: list[Value] = field(default_factory=list)


def bind(signature: Signature, given: list[Given], piped: bool, frame: Any = None) -> Binding:
    """Binds a call's arguments.

    Raises:
        Thrown: The engine's error for arguments that do not fit.
        Refused: A prompt, or a choice that is not settled.
    """
    made = Binding()
    if not given and not signature.mandatory and not signature.sets:
        return made
    left: list[Given] = []
    splat_loose = sum(g.splatted for g in given) > 1
    explicit = {p.low for g in given if g.name and not g.splatted and (p := signature.lookup(g.name))}
    for one in given:
        known = signature.lookup(one.name) if one.name else None
        if known is not None:
            use("bind", signature.said, known.name if signature.core else "-", how(one, known))
        if known is None:
            left.append(one)
        elif not (one.splatted and known.low in explicit):
            by_name(signature, made.bound, known, one, frame)
    places(signature, made, left, frame)
    if splat_loose:
        made.bound.ordered = False
    choose_set(signature, made.bound)
    for p in signature.mandatory:
        if p.name not in made.bound and not (piped and (p.pipeline or p.by_name)):
            chosen = choose_set(signature, made.bound)
            if not p.sets or chosen in p.sets:
                raise Refused("")  # the engine would ask for it; a script must not prompt here
    return made


def how(one: Given, known: Parameter) -> str:
    """How an argument names its parameter, and what it gives it."""
    low = one.name.lower()
    name = "whole" if low == known.low else "alias" if low in [a.lower() for a in known.aliases] else f"begin-{low}"
    about = [name if not known.common else known.low]
    about += ["splatted"] if one.splatted else []
    return "+".join([*about, "colon"] if one.colon else about)


def by_name(signature: Signature, bound: Hash, known: Parameter, one: Given, frame: Any) -> None:
    """One named argument."""
    if known.name in bound:
        told = (
            f"Cannot bind parameter because parameter '{known.name}' is specified more than once. To provide multiple "
            "values to parameters that can accept multiple values, use the array syntax. For example, "
            '"-parameter value1,value2,value3".'
        )
        raise engine(f"ParameterAlreadyBound,{signature.name}", told, "InvalidArgument", BINDING)
    value = one.value
    if not one.has:
        if not known.switch:
            kind = known.type.name if known.type is not None else "System.Object"
            told = (
                f"Missing an argument for parameter '{known.name}'. Specify a parameter of type '{kind}' and try again."
            )
            raise engine(f"MissingArgument,{signature.name}", told, "InvalidArgument", BINDING)
        value = Switch(True)
    put(signature, bound, known, value, frame)


def places(signature: Signature, made: Binding, left: list[Given], frame: Any) -> None:
    """Arguments without a known name, by position; the rest is `$args` or an error."""
    free = [p for p in signature.ranked if p.name not in made.bound]
    if signature.sets and any(not g.name for g in left):
        free = in_set(signature, made.bound, free)
    rest: list[Given] = []
    taken = False  # an unknown name takes what stands behind it along
    for one in left:
        if one.name or not free or taken:
            rest.append(one)
            taken = bool(one.name)
        else:
            use("place", signature.said, free[0].name if signature.core else "-", "splatted" if one.splatted else "-")
            put(signature, made.bound, free.pop(0), one.value, frame)
    if not rest:
        return
    if signature.collects and not any(one.name for one in rest):
        known = signature.lookup(signature.collects)
        assert known is not None
        values = [one.value for one in rest]
        if known.name in made.bound:
            values.insert(0, made.bound.get(known.name))
        put(signature, made.bound, known, Array.of(values), frame)
        return
    if signature.advanced:
        raise unknown(signature, rest[0])
    for one in rest:
        if one.name:
            made.rest.append(f"-{one.name}:" if one.colon or one.splatted else f"-{one.name}")
        if one.has:
            made.rest.append(one.value)


def in_set(signature: Signature, bound: Hash, free: list[Parameter]) -> list[Parameter]:
    """The parameters by position of the set that is chosen already, or of the default one."""
    chosen = choose_set(signature, bound, final=False) or signature.default_set
    if not chosen:
        raise Refused("")
    return [p for p in free if not p.sets or chosen in p.sets]


def unknown(signature: Signature, one: Given) -> Thrown:
    """An argument that no parameter takes."""
    if signature.real:
        raise Refused("")
    if one.name:
        told = f"A parameter cannot be found that matches parameter name '{one.name}'."
        return engine(f"NamedParameterNotFound,{signature.name}", told, "InvalidArgument", BINDING)
    told = f"A positional parameter cannot be found that accepts argument '{text(one.value)}'."
    return engine(f"PositionalParameterNotFound,{signature.name}", told, "InvalidArgument", BINDING)


def choose_set(signature: Signature, bound: Hash, *, final: bool = True) -> str:
    """The parameter set that the bound parameters settle, empty where there are no sets (or several yet).

    Raises:
        Thrown: They belong to no common set.
    """
    if not signature.sets:
        return ""
    valid = set(signature.sets)
    for p in signature.parameters:
        if p.sets and p.name in bound:
            valid &= set(p.sets)
    if not valid:
        told = (
            "Parameter set cannot be resolved using the specified named parameters. One or more parameters issued "
            "cannot be used together or an insufficient number of parameters were provided."
        )
        raise engine(f"AmbiguousParameterSet,{signature.name}", told, "InvalidArgument", BINDING)
    if len(valid) == 1:
        return valid.pop()
    if signature.default_set in valid:
        return signature.default_set
    if final:
        raise Refused("")
    return ""


def put(signature: Signature, bound: Hash, p: Parameter, value: Value, frame: Any) -> None:
    """Converts, validates and keeps one argument."""
    bound.put(p.name, accepted(signature, p, value, frame))


def accepted(signature: Signature, p: Parameter, value: Value, frame: Any) -> Value:
    """An argument as its parameter takes it."""
    for check in p.validators:
        use("check", check.__qualname__.partition(".")[0], class_of(value))
    if not signature.real:
        wanted = p.type.name if p.type is not None else "-"
        use("parameter", wanted, "mandatory" if p.mandatory else "-", class_of(value))
    if p.type is not None:
        value = as_parameter(p.type, value, p.name, signature)
    for check in p.validators:
        check(value, signature.name, frame)
    if p.mandatory:
        filled(signature, p, value)
    return value


def filled(signature: Signature, p: Parameter, value: Value) -> None:
    """A mandatory parameter takes no null, as text no empty one, as a collection neither an empty one nor such items.

    What counts is the parameter's own type: one without a type takes empty text and empty arrays.
    """
    if value is None:
        if not p.allow_null:
            raise hollow(signature, p, "it is null", "NullNotAllowed")
        return
    if p.type is None:
        return
    if p.type.name == "System.String":
        if value == "" and not p.allow_empty:
            raise hollow(signature, p, "it is an empty string", "EmptyStringNotAllowed")
        return
    if p.type.item is None:
        if isinstance(value, NetList):
            raise Refused("")
        return
    for item in value if p.type.item.name in {"System.String", "System.Object"} else ():
        if item is None and not p.allow_null:
            raise hollow(signature, p, "it is null", "NullNotAllowed")
        if item == "" and p.type.item.name == "System.String" and not p.allow_empty:
            raise hollow(signature, p, "it is an empty string", "EmptyStringNotAllowed")
    if not value and not p.allow_none:
        raise hollow(signature, p, "it is an empty array", "EmptyArrayNotAllowed")


def hollow(signature: Signature, p: Parameter, reason: str, kind: str) -> Thrown:
    """The error of a mandatory parameter that was given nothing."""
    told = f"Cannot bind argument to parameter '{p.name}' because {reason}."
    return engine(f"ParameterArgumentValidationError{kind},{signature.name}", told, "InvalidData", VALIDATION)


def as_parameter(wanted: NetType, value: Value, name: str, signature: Signature) -> Value:
    """A bound argument as its parameter's type, with the engine's error where it does not fit."""
    try:
        if wanted == SWITCH:
            return as_switch(value)
        if wanted.name == "System.Boolean":
            return as_truth(value)
        if wanted.item is not None and wanted.item.name == "System.Boolean":
            raise Refused("")  # whether text is taken depends on the kind of function
        if wanted.name == "System.String" and isinstance(value, Array) and signature.advanced:
            raise engine("", "Cannot convert value to type System.String.")
        if wanted.name == "System.Int32" and isinstance(value, Array) and len(value) == 1:
            raise engine("", None)
        return cast(wanted, value)
    except Thrown as error:
        if signature.real:
            raise Refused("") from error
        why = error.outer.message
        told = None if why is None else f"Cannot process argument transformation on parameter '{name}'. {why}"
        id_ = f"ParameterArgumentTransformationError,{signature.name}"
        raise engine(id_, told, "InvalidData", TRANSFORMATION) from error


def as_truth(value: Value) -> bool:
    """A [bool] parameter takes truth values and numbers."""
    if isinstance(value, Switch):
        return value.present
    if isinstance(value, bool):
        return value
    if is_number(value):
        return bool(value != 0)
    raise engine("", None)


def as_switch(value: Value) -> Switch:
    """A [switch] parameter takes truth values and numbers."""
    if value is None:
        raise Refused("")
    return value if isinstance(value, Switch) else Switch(as_truth(value))


# -- from the pipeline
def fits(wanted: NetType | None, value: Value) -> bool:
    """Whether a value is of a type already."""
    if wanted is None or wanted.name == "System.Object":
        return True
    if isinstance(value, Obj):
        return wanted.name.endswith(("PSObject", "PSCustomObject"))
    return value is not None and type_name(value) == wanted.name


def from_pipeline(
    signature: Signature, taken: set[str], value: Value, frame: Any
) -> dict[str, tuple[Parameter, Value]]:
    """What one value of the pipeline binds, by lower-case parameter name: whole first, then by its properties, first
    without conversion, then with; empty where nothing takes it."""
    found: dict[str, tuple[Parameter, Value]] = {}
    for convert in (False, True):
        for whole in (True, False):
            for p in signature.takers:
                if p.low in taken or p.low in found or not (p.pipeline if whole else p.by_name):
                    continue
                item = value if whole else property_for(p, value)
                if item is MISSING or not (convert or fits(p.type, item)):
                    continue
                about = "convert" if convert else "as-is"
                use(
                    "pipe",
                    "whole" if whole else "property",
                    about,
                    p.type.name if p.type is not None else "-",
                    class_of(item),
                )
                made = tried(signature, p, item, frame)
                if made is not MISSING:
                    found[p.low] = (p, made)
    return found


MISSING = object()


def tried(signature: Signature, p: Parameter, item: Value, frame: Any) -> Value:
    """The item as the parameter takes it; what cannot be converted is not bound, what a check refuses is an error."""
    try:
        made = as_parameter(p.type, item, p.name, signature) if p.type is not None else item
    except Thrown:
        return MISSING
    try:
        for check in p.validators:
            check(made, signature.name, frame)
        if p.mandatory:
            filled(signature, p, made)
    except Thrown as error:
        raise Refused("") from error  # an error of this item alone: how it shows is not settled
    return made


def property_for(p: Parameter, value: Value) -> Value:
    """The property of a piped object that the parameter's name or alias asks for."""
    if isinstance(value, Obj):
        name = next((n for n in (p.name, *p.aliases) if n in value), None)
        return MISSING if name is None else value.get(name)
    if isinstance(value, str) and p.low not in ("length", "chars"):
        return MISSING
    if isinstance(value, int | float | None):
        return MISSING
    raise Refused("")

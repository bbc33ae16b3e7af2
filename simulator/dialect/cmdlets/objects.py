"""Filtering, sorting, selecting, measuring, and making objects."""

from functools import cmp_to_key
from typing import Any

from simulator.dialect import compare
from simulator.dialect.arith import logical, number
from simulator.dialect.cmdlets.base import Plain, Use, cmdlet
from simulator.dialect.convert import each, text, to_int
from simulator.dialect.faults import Return, StopUpstream, no_property
from simulator.dialect.members import get_member
from simulator.dialect.refuse import Refused
from simulator.dialect.types import lookup
from simulator.dialect.values import (
    Array,
    Builder,
    Entry,
    Hash,
    HashSet,
    Keys,
    NetException,
    NetList,
    Obj,
    Opaque,
    ScriptBlock,
    Value,
)


def run_block(use: Use, block: ScriptBlock, value: Value, emit: Any) -> None:
    """A block of ForEach-Object or Where-Object: in the caller's scope, with `$_`; return is next."""
    scope = use.frame.scope.parent or use.frame.scope
    body: Any = block.body
    if body.process or body.begin or body.signature.parameters:
        raise Refused("{")
    missing = object()
    before = scope.names.get("_", missing)
    scope.names["_"] = value
    from simulator.dialect.frame import Frame

    try:
        if body.end is not None:
            body.end(Frame(use.frame.engine, scope, use.frame.cmdlet), emit)
    except Return:
        pass
    finally:
        if before is missing:
            scope.names.pop("_", None)
        else:
            scope.names["_"] = before


def block_value(use: Use, block: ScriptBlock, item: Value) -> Value:
    """What a block gives for one item."""
    out: list[Value] = []
    run_block(use, block, item, out.append)
    return out[0] if len(out) == 1 else Array.of(out) if out else None


@cmdlet("Where-Object", "*FilterScript:scriptblock@0", "InputObject|")
def WHERE(use: Use) -> Plain:  # noqa: N802
    """Where-Object { … }"""
    block = use.get("FilterScript")

    def process(item: Value) -> None:
        if logical(block_value(use, block, item)):
            use.emit(item)

    return Plain(process=process)


@cmdlet("ForEach-Object", "*Process:scriptblock@0", "InputObject|")
def FOR_EACH(use: Use) -> Plain:  # noqa: N802
    """ForEach-Object { … }"""
    block = use.get("Process")
    return Plain(process=lambda item: run_block(use, block, item, use.emit))


def property_value(use: Use, wanted: Value, item: Value) -> Value:
    """A property by name (null where it is not there), or a block's value."""
    if isinstance(wanted, ScriptBlock):
        return block_value(use, wanted, item)
    name = text(wanted)
    if "*" in name or isinstance(wanted, Hash):
        raise Refused("-Property")
    if isinstance(item, Obj):
        return item.get(name) if name in item else None
    if isinstance(item, Hash):
        return item.get(name)
    if isinstance(item, Entry | str):
        return get_member(item, name)
    raise Refused("-Property")


@cmdlet("Sort-Object", "Property:object[]@0", "Descending:switch", "Unique:switch", "InputObject|")
def SORT(use: Use) -> Plain:  # noqa: N802
    """Sort-Object: stable; text without case."""
    items: list[Value] = []
    wanted = each(use.get("Property"))

    def process(item: Value) -> None:
        if item is not None:
            items.append(item)

    def compare_items(a: Value, b: Value) -> int:
        keys = wanted or [None]
        for key in keys:
            left, right = (item if key is None else property_value(use, key, item) for item in (a, b))
            result = compare.order(left, right)
            if left is None or right is None:
                raise Refused("Sort-Object")
            if result:
                return -result if use.flag("Descending") else result
        return 0

    def end() -> None:
        last: Value = None
        for place, item in enumerate(sorted(items, key=cmp_to_key(compare_items))):
            if use.flag("Unique") and place and compare_items(last, item) == 0:
                continue
            last = item
            use.emit(item)

    return Plain(process=process, end=end)


@cmdlet(
    "Select-Object",
    "Property:object[]@0",
    "First:int",
    "Skip:int",
    "Last:int",
    "ExpandProperty:string",
    "Unique:switch",
    "InputObject|",
)
def SELECT(use: Use) -> Plain:  # noqa: N802
    """Select-Object by number, by property, expanded, or each text once."""
    if "Last" in use.bound or ("Unique" in use.bound and "Property" in use.bound):
        raise Refused("Select-Object")
    first = to_int(use.get("First")) if "First" in use.bound else None
    state = {"skip": to_int(use.get("Skip")), "given": 0}
    seen: list[Value] = []

    def process(item: Value) -> None:
        if state["skip"] > 0:
            state["skip"] -= 1
            return
        if use.flag("Unique"):
            if any(compare.equal(item, other, fold=False) for other in seen):
                return
            seen.append(item)
        for made in shaped(use, item):
            use.emit(made)
        state["given"] += 1
        if first is not None and state["given"] >= first:
            raise StopUpstream(stage)

    stage = Plain(process=process)
    return stage


def shaped(use: Use, item: Value) -> list[Value]:
    """The item as Select-Object gives it on."""
    if "ExpandProperty" in use.bound:
        name = text(use.get("ExpandProperty"))
        if not isinstance(item, Obj):
            raise Refused("-ExpandProperty")
        if name not in item:
            raise no_property(name)
        return each(item.get(name)) if isinstance(item.get(name), Array | NetList) else [item.get(name)]
    if "Property" not in use.bound:
        return [item]
    made = Obj()
    for wanted in each(use.get("Property")):
        if not isinstance(wanted, str):
            raise Refused("-Property")
        made.put(wanted, property_value(use, wanted, item))
    return [made]


@cmdlet("Measure-Object", "Property:string@0", "Sum:switch", "Maximum:switch", "Minimum:switch", "InputObject|")
def MEASURE(use: Use) -> Plain:  # noqa: N802
    """Measure-Object: how many, and their sum."""
    if use.flag("Maximum") or use.flag("Minimum"):
        raise Refused("Measure-Object")
    items: list[Value] = []

    def end() -> None:
        values = [property_value(use, use.get("Property"), i) if "Property" in use.bound else i for i in items]
        total = float(sum(float(number(v)) for v in values)) if use.flag("Sum") else None
        use.emit(Obj({"Count": len(values), "Sum": total}))

    return Plain(process=items.append, end=end)


@cmdlet("New-Object", "*TypeName:string@0", "ArgumentList:object[]@1", "Property:hashtable")
def NEW_OBJECT(use: Use) -> Plain:  # noqa: N802
    """New-Object of the few types a script needs."""
    return Plain(end=lambda: use.emit(made_object(use)))


def made_object(use: Use) -> Value:  # noqa: PLR0911
    """A new object of a listed type."""
    name = text(use.get("TypeName"))
    arguments = each(use.get("ArgumentList"))
    if name.lower() in ("psobject", "pscustomobject", "system.management.automation.psobject"):
        return new_custom(use)
    kind = lookup(name).name
    if kind == "System.Collections.ArrayList" and not arguments:
        return NetList()
    if kind.startswith("System.Collections.Generic.List`1["):
        element = kind.partition("[")[2].rstrip("]")
        return NetList(
            arguments, "System.Collections.Generic.List`1", "object" if element == "System.Object" else element
        )
    if kind == "System.Collections.Generic.HashSet`1[System.String]" and len(arguments) == 1:
        if isinstance(arguments[0], Opaque) and "fold" in arguments[0].props:
            return HashSet(bool(arguments[0].props["fold"]))
    if kind == "System.Text.StringBuilder" and not arguments:
        return Builder()
    if kind == "System.Text.UTF8Encoding" and len(arguments) <= 1:
        return Opaque(kind, {"bom": bool(arguments[0]) if arguments else False})
    if kind.endswith("Exception") and len(arguments) == 1:
        return NetException(kind, text(arguments[0]))
    raise Refused(name)


def new_custom(use: Use) -> Obj:
    """New-Object PSObject -Property @{ … }"""
    given = use.get("Property")
    made = Obj()
    if given is None:
        return made
    if len(given) > 1 and not given.ordered:
        raise Refused("-Property")
    for key, value in given.items():
        made.put(text(key), value)
    return made


__all__ = ["Keys"]

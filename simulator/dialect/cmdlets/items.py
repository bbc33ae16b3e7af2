"""Filtering and looping: Where-Object, ForEach-Object, Select-Object, Get-Unique, Tee-Object."""

from collections import deque
from collections.abc import Callable

from simulator.dialect.casts import as_int
from simulator.dialect.cmdlets.base import Plain, Use, cmdlet
from simulator.dialect.convert import each, is_collection, text, truth
from simulator.dialect.faults import StopUpstream, Thrown
from simulator.dialect.members.call import call_method
from simulator.dialect.members.get import ABSENT, own_member
from simulator.dialect.operators import compare, wildcard
from simulator.dialect.operators.regex import regex
from simulator.dialect.refuse import Refused
from simulator.dialect.run.blocks import gathered, in_caller, value_for
from simulator.dialect.run.stages import emit_all
from simulator.dialect.values import (
    ARRAY_LIST,
    Array,
    Char,
    Hash,
    NetList,
    Obj,
    ScriptBlock,
    Value,
)

ARGUMENT = "System.Management.Automation.PSArgumentException"
COMMANDS = "Microsoft.PowerShell.Commands"


def negated(test: Callable[[Value, Value], bool]) -> Callable[[Value, Value], bool]:
    """The opposite of a test."""
    return lambda a, b: not test(a, b)


def ordered(holds: Callable[[int], bool]) -> Callable[[Value, Value], bool]:
    """A test of order."""
    return lambda a, b: holds(compare.order(a, b))


def matching(left: Value, right: Value) -> bool:
    """A test by pattern."""
    return regex(text(right)).search(text(left)) is not None


TESTS: dict[str, Callable[[Value, Value], bool]] = {
    "EQ": compare.equal,
    "NE": negated(compare.equal),
    "GT": ordered(lambda n: n > 0),
    "LT": ordered(lambda n: n < 0),
    "GE": ordered(lambda n: n >= 0),
    "LE": ordered(lambda n: n <= 0),
    "Like": wildcard.like,
    "NotLike": negated(wildcard.like),
    "Match": matching,
    "NotMatch": negated(matching),
    "Contains": compare.contains,
    "NotContains": negated(compare.contains),
    "In": lambda a, b: compare.contains(b, a),
    "NotIn": negated(lambda a, b: compare.contains(b, a)),
}


@cmdlet(
    "Where-Object",
    "FilterScript:scriptblock",
    "Property@0",
    "Value@1",
    *(f"{name}:switch" for name in TESTS),
    "InputObject|",
)
def WHERE(use: Use) -> Plain:  # noqa: N802 (a cmdlet of the list)
    """Where-Object { … }, or by a property and a value."""
    block = use.get("FilterScript", use.get("Property"))
    if isinstance(block, ScriptBlock):
        if len(use.bound) > 1:
            raise Refused("")
        filter_ = block

        def by_block(item: Value) -> None:
            if truth(gathered(use.caller, filter_, item)):
                use.emit(item)

        return Plain(process=by_block)
    signs = [name for name in TESTS if use.flag(name)]
    if len(signs) > 1 or bool(signs) != use.has("Value") or not isinstance(block, str):
        raise Refused("")
    name, test, wanted = str(block), TESTS[signs[0]] if signs else None, use.get("Value")

    def by_property(item: Value) -> None:
        value = own_member(item, name, use.caller) if item is not None else ABSENT
        if value is ABSENT:
            told = f'The input name "{name}" cannot be resolved to a property.'
            use.error(f"PropertyNotFound,{COMMANDS}.WhereObjectCommand", ARGUMENT, told, "InvalidArgument", item)
        elif truth(value) if test is None else tested(test, value, wanted):
            use.emit(item)

    return Plain(process=by_property)


def tested(test: Callable[[Value, Value], bool], value: Value, wanted: Value) -> bool:
    """A test of a single value; a collection would filter."""
    if is_collection(value):
        raise Refused("")
    return test(value, wanted)


@cmdlet(
    "ForEach-Object",
    "Process:scriptblock",
    "Begin:scriptblock",
    "End:scriptblock",
    "MemberName@0",
    "ArgumentList@1",
    "InputObject|",
    should_process=True,
)
def FOR_EACH(use: Use) -> Plain:  # noqa: N802
    """ForEach-Object { … }, or by the name of a member."""
    given = use.get("Process", use.get("MemberName"))
    if isinstance(given, ScriptBlock):
        if use.has("ArgumentList"):
            raise Refused("")
        return by_blocks(use, given)
    if not isinstance(given, str) or use.has("Begin") or use.has("End"):
        raise Refused("")
    name = str(given)
    arguments = each(use.get("ArgumentList")) if use.has("ArgumentList") else None

    def by_member(item: Value) -> None:
        if use.what_if():
            return
        if item is None:
            raise Refused("")
        value = own_member(item, name, use.caller) if arguments is None else ABSENT
        if value is ABSENT:
            value = called(use, item, name, arguments or [])
        emit_all(value, use.emit)

    return Plain(process=by_member)


def called(use: Use, item: Value, name: str, arguments: list[Value]) -> Value:
    """A method by name; what fails in it the cmdlet tells in words of its own."""
    try:
        return call_method(item, name, arguments, use.caller)
    except Thrown as thrown:
        raise Refused("") from thrown


def by_blocks(use: Use, process: ScriptBlock) -> Plain:
    """The blocks of ForEach-Object, in the caller's scope."""

    def run(name: str) -> Callable[[], None] | None:
        block = use.get(name)
        return (lambda: in_caller(use.caller, block, None, use.emit)) if isinstance(block, ScriptBlock) else None

    caller, emit = use.caller, use.emit
    return Plain(process=lambda item: in_caller(caller, process, item, emit), begin=run("Begin"), end=run("End"))


# -- Select-Object
@cmdlet(
    "Select-Object",
    "Property:object[]@0",
    "ExcludeProperty:string[]",
    "ExpandProperty:string",
    "First:int",
    "Last:int",
    "Skip:int",
    "Unique:switch",
    "InputObject|",
)
def SELECT(use: Use) -> Plain:  # noqa: N802
    """Select-Object by number, by property, expanded, or each once; null is dropped."""
    if use.has("ExcludeProperty") or (use.has("ExpandProperty") and use.has("Property")):
        raise Refused("")
    if any(use.has(name) and as_int(use.get(name)) < 1 for name in ("First", "Last", "Skip")):
        raise Refused("")
    return Selecting(use).stage


class Selecting:
    """The state of one Select-Object."""

    def __init__(self, use: Use) -> None:
        self.use = use
        self.first = as_int(use.get("First")) if use.has("First") else None
        self.skip = as_int(use.get("Skip")) if use.has("Skip") else 0
        self.last: deque[Value] | None = None
        if use.has("Last"):
            if use.has("First") or use.has("Skip"):
                raise Refused("")
            self.last = deque(maxlen=as_int(use.get("Last")))
        if use.flag("Unique") and (use.has("First") or use.has("Skip") or self.last is not None):
            raise Refused("")
        self.given = 0
        self.unique: list[Value] = []
        self.stage = Plain(process=self.process, end=self.end)

    def process(self, item: Value) -> None:
        """One value."""
        if item is None:
            return
        if self.last is not None:
            self.last.append(item)
            return
        if self.skip > 0:
            self.skip -= 1
            return
        if self.first is not None and self.given >= self.first:
            raise StopUpstream(self.stage)
        self.give(item)
        self.given += 1
        if self.first is not None and self.given >= self.first:
            raise StopUpstream(self.stage)

    def give(self, item: Value) -> None:
        """One value that was chosen."""
        for made in shaped(self.use, item):
            if not self.use.flag("Unique"):
                self.use.emit(made)
            elif not any(alike(made, other) for other in self.unique):
                self.unique.append(made)

    def end(self) -> None:
        """What could be told only now."""
        for item in self.last or ():
            self.give(item)
        for item in self.unique:
            self.use.emit(item)


def alike(left: Value, right: Value) -> bool:
    """Whether -Unique takes two values for one."""
    if isinstance(left, Obj) and isinstance(right, Obj):
        names = [name for name, _ in left.items()]
        if names != [name for name, _ in right.items()]:
            raise Refused("")
        return all(compare.equal(right.get(name), left.get(name), fold=False) for name in names)
    plain = all(isinstance(one, str | int | float) and not isinstance(one, bool | Char) for one in (left, right))
    if not plain and (type(left) is not type(right) or isinstance(left, Obj | Hash | Array | NetList)):
        raise Refused("")
    return compare.equal(right, left, fold=False)


def shaped(use: Use, item: Value) -> list[Value]:
    """The item as Select-Object gives it on."""
    if use.has("ExpandProperty"):
        return expanded(use, item, text(use.get("ExpandProperty")))
    if not use.has("Property"):
        if use.flag("Unique") and isinstance(item, Obj):
            raise Refused("")
        return [item]
    made = Obj()
    for wanted in each(use.get("Property")):
        for name, value in chosen(use, wanted, item):
            if name in made or not name.strip():
                raise Refused("")
            made.put(name, value)
    return [made]


def expanded(use: Use, item: Value, name: str) -> list[Value]:
    """The items of a property."""
    if "*" in name or item is None:
        raise Refused("")
    value = own_member(item, name, use.caller)
    if value is ABSENT:
        id_ = f"ExpandPropertyNotFound,{COMMANDS}.SelectObjectCommand"
        use.error(id_, ARGUMENT, f'Property "{name}" cannot be found.', "InvalidArgument", item)
        return []
    return [one for one in each(value) if one is not None]


def chosen(use: Use, wanted: Value, item: Value) -> list[tuple[str, Value]]:
    """(name, value) of each property that one argument of -Property asks for."""
    if isinstance(wanted, ScriptBlock):
        return [(wanted.text, value_for(use.caller, wanted, item))]
    if isinstance(wanted, Hash):
        return [calculated(use, wanted, item)]
    name = text(wanted)
    if name == "*":
        if not isinstance(item, Obj) or item.loose:
            raise Refused("")
        return list(item.items())
    if any(c in name for c in "*?["):
        raise Refused("")
    value = own_member(item, name, use.caller) if item is not None else ABSENT
    return [(spelled(item, name), None if value is ABSENT else value)]


def spelled(item: Value, name: str) -> str:
    """A property's name as the object writes it."""
    if isinstance(item, Obj) and name in item:
        return next(known for known, _ in item.items() if known.upper() == name.upper())
    return name


def calculated(use: Use, wanted: Hash, item: Value) -> tuple[str, Value]:
    """@{ Name = …; Expression = … }"""
    name, expression = None, None
    for key, value in wanted.items():
        low = text(key).lower()
        if low and any(word.startswith(low) for word in ("name", "label")):
            name = text(value)
        elif low and "expression".startswith(low):
            expression = value
        else:
            raise Refused("")
    if name is None or expression is None:
        raise Refused("")
    if isinstance(expression, ScriptBlock):
        return name, value_for(use.caller, expression, item)
    value = own_member(item, text(expression), use.caller)
    return name, None if value is ABSENT else value


# -- others
@cmdlet("Get-Unique", "InputObject|")
def UNIQUE(use: Use) -> Plain:  # noqa: N802
    """Get-Unique: one of each run of equal values, with case."""
    state: list[Value] = []

    def process(item: Value) -> None:
        if isinstance(item, Obj | Hash | Array) or item is None:
            raise Refused("")
        if not state or not compare.equal(state[0], item, fold=False):
            use.emit(item)
        state[:] = [item]

    return Plain(process=process)


@cmdlet("Tee-Object", "*Variable:string", "InputObject|")
def TEE(use: Use) -> Plain:  # noqa: N802
    """Tee-Object -Variable: keeps what flows through."""
    kept: list[Value] = []

    def process(item: Value) -> None:
        kept.append(item)
        use.emit(item)

    def end() -> None:
        value: Value = kept[0] if len(kept) == 1 else NetList(kept, ARRAY_LIST)
        use.caller.scope.set(text(use.get("Variable")).lower(), value)

    return Plain(process=process, end=end)

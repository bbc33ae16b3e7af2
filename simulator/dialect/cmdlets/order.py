"""Sort-Object, Group-Object, Compare-Object."""

from functools import cmp_to_key
from itertools import pairwise

from simulator.dialect.cmdlets.base import Plain, Use, cmdlet
from simulator.dialect.cmdlets.introsort import TooDeep, introsort
from simulator.dialect.cmdlets.items import COMMANDS
from simulator.dialect.convert import each, is_collection, text, truth
from simulator.dialect.members.get import ABSENT, own_member
from simulator.dialect.operators.compare import equal, order
from simulator.dialect.refuse import Refused
from simulator.dialect.run.blocks import value_for
from simulator.dialect.values import (
    COLLECTION,
    Array,
    Hash,
    NetList,
    Obj,
    ScriptBlock,
    Value,
    is_number,
)

Row = tuple[list[Value], Value]  # the keys of an item, and the item
Key = tuple[Value, bool | None]  # what to look at, and whether downward where it says so itself


def keys_of(wanted: Value) -> list[Key]:
    """The keys that -Property names: names, blocks, tables with an expression and a direction."""
    made: list[Key] = []
    for one in each(wanted):
        if not isinstance(one, Hash):
            made.append((one, None))
            continue
        expression, down = None, None
        for name, value in one.items():
            low = text(name).lower()
            if low and "expression".startswith(low):
                expression = value
            elif low and "descending".startswith(low):
                down = truth(value)
            elif low and "ascending".startswith(low):
                down = not truth(value)
            else:
                raise Refused("")
        if expression is None:
            raise Refused("")
        made.append((expression, down))
    return made


def key_value(use: Use, wanted: Value, item: Value) -> Value:
    """What a key is for an item; ABSENT where there is no such property."""
    if isinstance(wanted, ScriptBlock):
        return value_for(use.caller, wanted, item)
    name = text(wanted)
    if any(c in name for c in "*?["):
        raise Refused("")
    value = own_member(item, name, use.caller)
    if is_collection(value) or isinstance(value, Hash | Obj):
        raise Refused("")
    return value


def compared(left: Value, right: Value, fold: bool) -> int:
    """The order of two keys of one kind; null and absent ones are the caller's business."""
    if left is None or right is None:
        return order(left, right)
    texts = isinstance(left, str), isinstance(right, str)
    numbers = is_number(left), is_number(right)
    if texts != (True, True) and numbers != (True, True) and type(left) is not type(right):
        raise Refused("")
    return order(left, right, fold)


class Sorter:
    """Compares rows of keys."""

    def __init__(self, downs: list[bool], fold: bool) -> None:
        self.downs, self.fold = downs, fold

    def rows(self, left: Row, right: Row) -> int:
        """Two rows with what they belong to."""
        return self.compare(left[0], right[0])

    def compare(self, left: list[Value], right: list[Value]) -> int:
        """Two rows; a missing property comes last, upward and downward."""
        for a, b, down in zip(left, right, self.downs, strict=True):
            if a is ABSENT or b is ABSENT:
                if a is not b:
                    return 1 if a is ABSENT else -1
                continue
            made = compared(a, b, self.fold)
            if made:
                return -made if down else made
        return 0


@cmdlet(
    "Sort-Object",
    "Property:object[]@0",
    "Descending:switch",
    "Unique:switch",
    "CaseSensitive:switch",
    "InputObject|",
)
def SORT(use: Use) -> Plain:  # noqa: N802
    """Sort-Object: by the values themselves or by keys; null is dropped."""
    wanted = keys_of(use.get("Property")) if use.has("Property") else []
    sorter = Sorter(
        [use.flag("Descending") if down is None else down for _, down in wanted] or [use.flag("Descending")],
        not use.flag("CaseSensitive"),
    )
    rows: list[Row] = []
    state = {"loose": False}

    def process(item: Value) -> None:
        if item is None:
            return
        if not wanted and isinstance(item, Obj | Hash | Array | NetList):
            raise Refused("")
        rows.append(([key_value(use, key, item) for key, _ in wanted] or [item], item))

    def any_order() -> bool:
        state["loose"] = True
        return True

    def end() -> None:
        made = sorted(rows, key=cmp_to_key(sorter.rows))
        kept = given_out(use, made, sorter, loose=state["loose"])
        if len(kept) < len(made) or tied(made, sorter):
            settle_ties(use, rows, sorter, kept)
        for item in kept:
            use.emit(item)

    return Plain(process=process, end=end, any_order=any_order)


def given_out(use: Use, made: list[Row], sorter: Sorter, *, loose: bool) -> list[Value]:
    """The sorted values, each once where asked; equal ones that came in no settled order must look the same."""
    kept: list[Value] = []
    last: list[Value] | None = None
    for keys, item in made:
        tie = last is not None and sorter.compare(last, keys) == 0
        if tie and loose and not (isinstance(item, str | int) and last == keys):
            raise Refused("")
        if not (tie and use.flag("Unique")):
            kept.append(item)
        last = keys
    return kept


def tied(made: list[Row], sorter: Sorter) -> bool:
    """Whether two sorted neighbours have equal keys but are not the same text or number."""
    return any(sorter.rows(a, b) == 0 and not same(a[1], b[1]) for a, b in pairwise(made))


def same(left: Value, right: Value) -> bool:
    """Whether two values cannot be told apart."""
    return left is right or (type(left) is type(right) and isinstance(left, str | int | float) and left == right)


def settle_ties(use: Use, rows: list[Row], sorter: Sorter, kept: list[Value]) -> None:
    """Refuses equal values that the engine's own sort would put in another order."""
    try:
        theirs = given_out(use, introsort(rows, sorter.rows), sorter, loose=False)
    except TooDeep as error:
        raise Refused("") from error
    if len(theirs) != len(kept) or not all(same(a, b) for a, b in zip(kept, theirs, strict=True)):
        raise Refused("")


# -- groups
@cmdlet(
    "Group-Object",
    "Property:object[]@0",
    "NoElement:switch",
    "AsHashTable:switch",
    "AsString:switch",
    "CaseSensitive:switch",
    "InputObject|",
)
def GROUP(use: Use) -> Plain:  # noqa: N802
    """Group-Object: groups sorted by their keys, as objects or as a table."""
    wanted = [key for key, _ in keys_of(use.get("Property"))] if use.has("Property") else []
    sorter = Sorter([False] * max(len(wanted), 1), not use.flag("CaseSensitive"))
    rows: list[tuple[list[Value], Value]] = []

    def process(item: Value) -> None:
        if item is None or (not wanted and isinstance(item, Obj | Hash | Array)):
            raise Refused("")
        keys = [key_value(use, key, item) for key in wanted] or [item]
        if any(k is ABSENT or k is None for k in keys):
            raise Refused("")
        rows.append((keys, item))

    def end() -> None:
        groups: list[tuple[list[Value], list[Value]]] = []
        for keys, item in rows:
            found = next((g for g in groups if sorter.compare(g[0], keys) == 0), None)
            if found is None:
                groups.append((keys, [item]))
            else:
                found[1].append(item)
        if one_type(rows):  # else groups stay in the order of their first items
            groups.sort(key=cmp_to_key(sorter.rows))
        if use.flag("AsHashTable"):
            use.emit(as_table(use, groups))
            return
        for keys, items in groups:
            use.emit(group_info(keys, items, bare=use.flag("NoElement")))

    return Plain(process=process, end=end)


def one_type(rows: list[Row]) -> bool:
    """Whether the keys of all items are of the same types."""
    return len({tuple(type(key) for key in keys) for keys, _ in rows}) < 2


def as_table(use: Use, groups: list[tuple[list[Value], list[Value]]]) -> Hash:
    """The groups by key; the keys as text where asked."""
    made = Hash()
    for keys, items in groups:
        if len(keys) > 1 and not use.flag("AsString"):
            raise Refused("")
        key = ", ".join(text(k) for k in keys) if use.flag("AsString") else keys[0]
        if key in made:
            raise Refused("")
        made.put(key, NetList(items, COLLECTION))
    return made


def group_info(keys: list[Value], items: list[Value], *, bare: bool) -> Obj:
    """One group."""
    rows = {
        "Count": len(items),
        "Name": ", ".join(text(k) for k in keys),
        "Group": NetList([] if bare else items, COLLECTION),
        "Values": NetList(keys, "System.Collections.ArrayList"),
    }
    return Obj(rows, type_=f"{COMMANDS}.GroupInfo")


# -- differences
@cmdlet(
    "Compare-Object",
    "*ReferenceObject@0",
    "*DifferenceObject@1",
    "CaseSensitive:switch",
    "IncludeEqual:switch",
    "ExcludeDifferent:switch",
    "PassThru:switch",
)
def COMPARE(use: Use) -> Plain:  # noqa: N802
    """Compare-Object of two collections of plain values."""
    if use.get("ReferenceObject") is None or use.get("DifferenceObject") is None:
        raise Refused("")
    if use.flag("ExcludeDifferent") and not use.flag("IncludeEqual"):
        raise Refused("")
    return Plain(end=lambda: compare_all(use))


def compare_all(use: Use) -> None:
    """What is on one side only, in an order that is settled only for one such value or where all come from one side."""
    left, right = each(use.get("ReferenceObject")), each(use.get("DifferenceObject"))
    for value in (*left, *right):
        if not isinstance(value, str | int) or isinstance(value, bool):
            raise Refused("")
    fold = not use.flag("CaseSensitive")
    rest = list(right)
    both: list[Value] = []
    only_left: list[Value] = []
    for value in left:
        place = next((n for n, other in enumerate(rest) if equal(value, other, fold)), -1)
        if place < 0:
            only_left.append(value)
        else:
            both.append(value)
            del rest[place]
    found = [(v, "<=") for v in only_left] + [(v, "=>") for v in rest]
    if use.flag("ExcludeDifferent"):
        found = []
    rows = [*([(v, "==") for v in both] if use.flag("IncludeEqual") else []), *found]
    loose = len(rows) > 1
    made = [
        value if use.flag("PassThru") else Obj({"InputObject": value, "SideIndicator": side}) for value, side in rows
    ]
    emit_loose(use, made, loose=loose)


def emit_loose(use: Use, rows: list[Value], *, loose: bool) -> None:
    """Rows whose order is settled only for a stage that does not mind it."""
    stage = getattr(use.emit, "__self__", None)
    accept = getattr(stage, "any_order", None)
    if loose and (accept is None or not accept()):
        raise Refused("")
    for row in rows:
        use.emit(row)

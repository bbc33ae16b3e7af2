"""Measure-Object: how many, their sum, mean, largest, smallest; lines, words, characters."""

import re

from simulator.dialect.cmdlets.base import Plain, Use, cmdlet
from simulator.dialect.cmdlets.items import COMMANDS
from simulator.dialect.cmdlets.order import compared, key_value
from simulator.dialect.convert import text
from simulator.dialect.members.get import ABSENT
from simulator.dialect.operators.patterns import BLANKS
from simulator.dialect.refuse import Refused
from simulator.dialect.values import Obj, Value, is_number

NUMERIC = re.compile(r"[0-9∞]|nan|infinity", re.I)


@cmdlet(
    "Measure-Object",
    "Property@0",
    "Sum:switch",
    "Average:switch",
    "Maximum:switch",
    "Minimum:switch",
    "Line:switch",
    "Word:switch",
    "Character:switch",
    "InputObject|",
)
def MEASURE(use: Use) -> Plain:  # noqa: N802
    """Measure-Object: how many, their sum, mean, largest, smallest; or lines, words, characters."""
    items: list[Value] = []

    def process(item: Value) -> None:
        if item is not None:
            items.append(item)

    def end() -> None:
        if use.flag("Line") or use.flag("Word") or use.flag("Character"):
            use.emit(measured_text(use, items))
            return
        wanted = use.get("Property") if use.has("Property") else None
        if wanted is not None and not items:
            return
        values = items if wanted is None else [measured(use, wanted, item) for item in items]
        use.emit(measures(use, values))

    return Plain(process=process, end=end, any_order=lambda: True)


def measured(use: Use, wanted: Value, item: Value) -> Value:
    """The value that is measured."""
    value = key_value(use, wanted, item)
    if value is ABSENT or value is None:
        raise Refused("")
    return value


def measures(use: Use, values: list[Value]) -> Obj:
    """The result; what was not asked for is null."""
    made: dict[str, Value] = {"Count": len(values)}
    made |= dict.fromkeys(("Average", "Sum", "Maximum", "Minimum", "StandardDeviation", "Property"))
    if use.flag("Sum") or use.flag("Average"):
        total = added(values)
        if use.flag("Sum"):
            made["Sum"] = total
        if use.flag("Average"):
            if not values:
                raise Refused("")
            made["Average"] = total / len(values)
    for name, best in (("Maximum", 1), ("Minimum", -1)):
        if use.flag(name):
            made[name] = extreme(values, best)
    return Obj(made, type_=f"{COMMANDS}.GenericMeasureInfo")


def added(values: list[Value]) -> float:
    """The sum as Double, one after the other."""
    total = 0.0
    for value in values:
        if not is_number(value):
            raise Refused("")
        total += float(value)
    return total


def extreme(values: list[Value], best: int) -> Value:
    """The largest or smallest: numbers as Double, text as it is."""
    if not values:
        raise Refused("")
    if any(isinstance(value, str) and (not value or NUMERIC.search(value)) for value in values):
        raise Refused("")  # text that reads as a number is compared as one
    found = values[0]
    for value in values[1:]:
        if compared(value, found, fold=False) * best > 0:
            found = value
    return float(found) if is_number(found) else found


def measured_text(use: Use, items: list[Value]) -> Obj:
    """Lines, words and characters."""
    words = [text(item) for item in items if isinstance(item, str)]
    if len(words) != len(items) or any("\r" in w for w in words):
        raise Refused("")
    made: dict[str, Value] = dict.fromkeys(("Lines", "Words", "Characters", "Property"))
    if use.flag("Line"):
        if any("\n" in w or w == "" for w in words):
            raise Refused("")
        made["Lines"] = len(words)
    if use.flag("Word"):
        made["Words"] = sum(len(w.translate({ord(c): " " for c in BLANKS}).split()) for w in words)
    if use.flag("Character"):
        made["Characters"] = sum(len(w) for w in words)
    return Obj(made, type_=f"{COMMANDS}.TextMeasureInfo")

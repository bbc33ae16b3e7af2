"""What parameters are checked for: [ValidateSet] and its kin."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from simulator.dialect.casts import as_number
from simulator.dialect.convert import is_collection, text, truth
from simulator.dialect.faults import VALIDATION, Net, Thrown, engine
from simulator.dialect.operators.culture import same_text
from simulator.dialect.operators.regex import regex
from simulator.dialect.refuse import Refused
from simulator.dialect.run.signature import Check
from simulator.dialect.values import Array, Hash, HashSet, NetList, Value

NOTHING_GIVEN = (
    "The argument is null or empty. Provide an argument that is not null or empty, and then try the command again."
)
NULL_GIVEN = "The argument is null. Provide a valid value for the argument, and then try running the command again."
NULL_INSIDE = (
    "The argument is null, empty, or an element of the argument collection contains a null value. Supply a collection "
    "that does not contain any null values and then try the command again."
)


def invalid(parameter: str, command: str, why: str | None) -> Thrown:
    """The engine's error for an argument that a check refuses."""
    told = None if why is None else f"Cannot validate argument on parameter '{parameter}'. {why}"
    return engine(f"ParameterArgumentValidationError,{command}", told, "InvalidData", VALIDATION)


def items(value: Value) -> list[Value]:
    """Each item of a collection, or the value itself."""
    if isinstance(value, HashSet):
        raise Refused("")
    return list(value) if is_collection(value) else [value]


def one_of(parameter: str, allowed: list[Value]) -> Check:
    """[ValidateSet('a', 'b')]: without case; each item of an array."""
    words = [text(a) for a in allowed]

    def check(value: Value, command: str, _: Any) -> None:
        for item in items(value):
            if item is None:
                raise invalid(parameter, command, NULL_GIVEN)
            if not any(same_text(text(item), w, True) for w in words):
                shown = ",".join(words)
                why = (
                    f'The argument "{text(item)}" does not belong to the set "{shown}" specified by the ValidateSet '
                    "attribute. Supply an argument that is in the set and then try the command again."
                )
                raise invalid(parameter, command, why)

    return check


def in_range(parameter: str, limits: list[Value]) -> Check:
    """[ValidateRange(low, high)]"""
    if len(limits) != 2 or not all(isinstance(x, int | float | Decimal) for x in limits):
        raise Refused("")
    low, high = limits

    def check(value: Value, command: str, _: Any) -> None:
        for item in items(value):
            if not isinstance(item, int | float | Decimal) or isinstance(item, bool):
                raise Refused("")
            if not isinstance(item, int) and not all(type(limit) is type(item) for limit in limits):
                raise Refused("")  # it would be rounded to the limits' type first
            number = as_number(item)
            if not low <= number <= high:
                above = number > high
                side = "greater than the maximum" if above else "less than the minimum"
                limit = text(high if above else low)
                why = f"The {text(item)} argument is {side} allowed range of {limit}."
                raise invalid(
                    parameter,
                    command,
                    f"{why} Supply an argument that is {'less' if above else 'greater'}"
                    f" than or equal to {limit} and then try the command again.",
                )

    return check


def filled(parameter: str, _: list[Value]) -> Check:
    """[ValidateNotNullOrEmpty()]"""

    def check(value: Value, command: str, _: Any) -> None:
        if value is None or value == "":
            raise invalid(parameter, command, NOTHING_GIVEN)
        if isinstance(value, Hash) and not len(value):
            raise invalid(parameter, command, NULL_INSIDE)
        if isinstance(value, Array | NetList):
            if not value:
                raise invalid(parameter, command, NULL_INSIDE)
            if any(v is None or v == "" for v in value):
                raise invalid(parameter, command, NULL_INSIDE)

    return check


def given(parameter: str, _: list[Value]) -> Check:
    """[ValidateNotNull()]"""

    def check(value: Value, command: str, _: Any) -> None:
        if value is None:
            raise invalid(parameter, command, NULL_GIVEN)
        if isinstance(value, Array | NetList) and any(v is None for v in value):
            raise invalid(parameter, command, None)

    return check


def like_pattern(parameter: str, patterns: list[Value]) -> Check:
    """[ValidatePattern('…')]"""
    if len(patterns) != 1:
        raise Refused("")
    try:
        wanted = regex(text(patterns[0]))
    except Net as error:
        raise Refused("") from error

    def check(value: Value, command: str, _: Any) -> None:
        for item in items(value):
            if item is None:
                raise Refused("")
            if not wanted.search(text(item)):
                why = (
                    f'The argument "{text(item)}" does not match the "{text(patterns[0])}" pattern. Supply an argument '
                    f'that matches "{text(patterns[0])}" and try the command again.'
                )
                raise invalid(parameter, command, why)

    return check


def length(parameter: str, limits: list[Value]) -> Check:
    """[ValidateLength(low, high)] of text."""
    low, high = two(limits)

    def check(value: Value, command: str, _: Any) -> None:
        for item in items(value):
            if not isinstance(item, str):
                raise Refused("")
            if not low <= len(item) <= high:
                raise invalid(parameter, command, None)

    return check


def count(parameter: str, limits: list[Value]) -> Check:
    """[ValidateCount(low, high)] of arrays."""
    low, high = two(limits)

    def check(value: Value, command: str, _: Any) -> None:
        if not isinstance(value, Array):
            raise Refused("")
        if not low <= len(value) <= high:
            raise invalid(parameter, command, None)

    return check


def two(limits: list[Value]) -> tuple[int, int]:
    """Two whole numbers."""
    if len(limits) != 2 or not all(type(x) is int for x in limits):
        raise Refused("")
    return limits[0], limits[1]


def script(parameter: str, compiled: tuple[Any, str]) -> Check:
    """[ValidateScript({ … })]: the block gets each item as `$_`."""
    body, words = compiled

    def check(value: Value, command: str, frame: Any) -> None:
        if value is None or frame is None:
            raise Refused("")
        for item in items(value):
            try:
                held = truth(frame.engine.checked(frame, body, item))
            except Thrown as error:
                raise invalid(parameter, command, error.outer.message if error.by_throw else None) from error
            if not held:
                why = (
                    f'The "{words}" validation script for the argument with value "{text(item)}" did not return a '
                    "result of True. Determine why the validation script failed, and then try the command again."
                )
                raise invalid(parameter, command, why)

    return check


CHECKS: dict[str, Callable[[str, list[Value]], Check]] = {
    "validateset": one_of,
    "validaterange": in_range,
    "validatenotnullorempty": filled,
    "validatenotnull": given,
    "validatepattern": like_pattern,
    "validatelength": length,
    "validatecount": count,
}

"""Methods of StringBuilders."""

from decimal import Decimal
from typing import Any

from simulator.dialect.convert import INFINITE, text
from simulator.dialect.members.texts import Method, word
from simulator.dialect.operators.form import filled
from simulator.dialect.refuse import Refused
from simulator.dialect.values import Array, Builder, NetList, Value


def shown(value: Value) -> str:
    """What Append makes of a value."""
    if not isinstance(value, str | int | float | Decimal) or value in INFINITE:
        raise Refused("")  # an object shows itself in words of its own, a date and infinity in the culture's
    return text(value)


def append(end: str) -> Method:
    """Append and AppendLine: the builder itself comes back."""

    def run(value: Builder, arguments: list[Value], _: Any) -> Value:
        if len(arguments) > 1 or (not arguments and not end):
            raise Refused("")
        if end and arguments and not isinstance(arguments[0], str):
            raise Refused("")
        value.words += (shown(arguments[0]) if arguments else "") + end
        return value

    return run


def append_format(value: Builder, arguments: list[Value], _: Any) -> Value:
    """AppendFormat(format, arguments…)."""
    if len(arguments) < 2 or any(isinstance(a, Array | NetList) for a in arguments):
        raise Refused("")
    value.words += filled(word(arguments[0]), arguments[1:])
    return value


def built(value: Builder, arguments: list[Value], _: Any) -> Value:
    """ToString()."""
    if arguments:
        raise Refused("")
    return value.words


def emptied(value: Builder, arguments: list[Value], _: Any) -> Value:
    """Clear()."""
    if arguments:
        raise Refused("")
    value.words = ""
    return value


BUILDER: dict[str, Method] = {
    "append": append(""),
    "appendline": append("\n"),
    "appendformat": append_format,
    "tostring": built,
    "clear": emptied,
}

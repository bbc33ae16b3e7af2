"""Equality, order, containment, and what a value is."""

import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from simulator.dialect.casts import as_bool, as_number, cast
from simulator.dialect.convert import listed, text
from simulator.dialect.dates import Moment, Release, Span
from simulator.dialect.faults import Thrown, engine
from simulator.dialect.operators.culture import order_text, same_text
from simulator.dialect.refuse import Refused
from simulator.dialect.types import ENUMS
from simulator.dialect.values import (
    Array,
    Char,
    Enum,
    Hash,
    HashSet,
    NetList,
    NetType,
    Obj,
    ScriptBlock,
    Switch,
    Value,
    is_number,
    type_name,
)


def equal(left: Value, right: Value, fold: bool = True) -> bool:  # noqa: C901, PLR0911, PLR0912
    """One value against another: the left one's type decides.

    Raises:
        Refused: A comparison that is not settled.
    """
    if left is None or right is None:
        return left is None and right is None
    if isinstance(left, Char):
        return equal_char(left, right, fold)
    if isinstance(left, str):
        return same_text(str(left), text(right), fold)
    if isinstance(left, Switch):
        left = left.present
    if isinstance(left, bool):
        return left == as_bool(right)
    if is_number(left):
        return equal_number(left, right)
    if isinstance(left, Enum):
        if isinstance(right, str):
            return equal_name(left, str(right))
        other = right.number if isinstance(right, Enum) else right
        return type(other) in (int, bool) and left.number == int(other)
    if isinstance(left, uuid.UUID | Moment | Span | Release):
        if not isinstance(right, str) and type(right) is not type(left):
            raise Refused("")
        try:
            return bool(left == cast(NetType(type_name(left)), right))
        except Thrown:
            return False
    if isinstance(left, NetType):
        return isinstance(right, NetType) and left == right
    if isinstance(left, Obj | Hash | Array | NetList | HashSet | ScriptBlock):
        if left is right:
            return True
        if isinstance(right, str) or type(left) is not type(right):
            raise Refused("")
        return False
    return left is right


def equal_name(left: Enum, right: str) -> bool:
    """A member against a name; the engine takes beginnings of names, numbers and lists too."""
    if right.upper() not in {name.upper() for name in ENUMS[left.type]}:
        raise Refused("")
    return left.name.upper() == right.upper()


def equal_char(left: Char, right: Value, fold: bool) -> bool:
    """A [char] on the left."""
    if isinstance(right, int) and not isinstance(right, bool):
        return ord(left) == right
    if not isinstance(right, str):
        raise Refused("")
    return same_text(str(left), str(right), fold) if len(right) == 1 else False


def equal_number(left: Value, right: Value) -> bool:
    """A number on the left: the other side as a number, else unequal."""
    if isinstance(right, Array | NetList | Hash | HashSet | Obj | ScriptBlock):
        if isinstance(right, Array | NetList) and len(right) < 2:
            raise Refused("")
        return False
    try:
        return bool(left == as_number(right, left))
    except Thrown:
        return False


def order(left: Value, right: Value, fold: bool = True) -> int:
    """-1, 0, 1 for -lt and its kin, and for sorting; null is below everything but negative numbers.

    Raises:
        Refused: Values whose order is not settled.
        Thrown: The right side cannot be made like the left one.
    """
    if left is None or right is None:
        return order_null(left, right)
    if isinstance(left, str):
        if isinstance(left, Char):
            raise Refused("")
        return order_text(str(left), text(right), fold)
    if isinstance(left, Switch | bool):
        raise Refused("")
    if is_number(left):
        other = as_number(right, left) if not isinstance(right, Array | Hash | Obj) else refuse_order()
        return int(left > other) - int(left < other)
    if isinstance(left, Moment | Span | Release):
        one: Any = left
        other = right if type(right) is type(left) else cast(NetType(type_name(left)), right)
        return int(one > other) - int(one < other)
    if isinstance(left, Enum) and isinstance(right, Enum) and left.type == right.type:
        return (left.number > right.number) - (left.number < right.number)
    return int(refuse_order())


def refuse_order() -> Value:
    """Values of types whose order is not settled."""
    raise Refused("")


def order_null(left: Value, right: Value) -> int:
    """Null against something: below it, but above negative numbers."""
    if left is None and right is None:
        return 0
    other, turn = (right, -1) if left is None else (left, 1)
    if is_number(other):
        return -turn if other < 0 else turn
    if isinstance(other, bool | Decimal):
        raise Refused("")
    return turn


def contains(left: Value, right: Value, fold: bool = True) -> bool:
    """-contains: any item of the left equals the right."""
    if isinstance(left, Array):
        return any(equal(item, right, fold) for item in left)  # order does not matter here
    if isinstance(left, NetList | HashSet):
        return any(equal(item, right, fold) for item in listed(left))
    return equal(left, right, fold)


def is_type(value: Value, wanted: NetType) -> bool:  # noqa: PLR0911
    """-is.

    Raises:
        Refused: A type whose relation to the value's is not in the table.
    """
    if value is None:
        return False
    if wanted.name == "System.Object":
        return True
    name = full_name(value)
    if wanted.name == name:
        return True
    if wanted.name in ABOVE:
        return bool(ABOVE[wanted.name](value))
    if wanted.name.endswith("[]") and wanted.item is not None:
        if not isinstance(value, Array):
            return False
        if wanted.item.name == "System.Object":
            return not value.kind.startswith(("System.Int", "System.Byte", "System.Char", "System.Double"))
        return value.kind == wanted.item.name
    if wanted.name in LEAVES:
        return False
    raise Refused("")


def full_name(value: Value) -> str:
    """The type's name as a literal names it, with what a generic list holds."""
    if isinstance(value, NetList) and value.kind.endswith("`1"):
        return f"{value.kind}[{value.element}]"
    return type_name(value)


def is_exception(value: Value) -> bool:
    """An exception object."""
    return type_name(value).endswith("Exception")


ABOVE: dict[str, Callable[[Value], Value]] = {
    "System.Array": lambda v: isinstance(v, Array),
    "System.Collections.IDictionary": lambda v: isinstance(v, Hash),
    "System.Collections.IEnumerable": lambda v: (
        isinstance(v, str | Array | NetList | Hash | HashSet) and not isinstance(v, Char)
    ),
    "System.Collections.ICollection": lambda v: isinstance(v, Array | NetList | Hash),
    "System.Collections.IList": lambda v: isinstance(v, Array) or (isinstance(v, NetList) and "Queue" not in v.kind),
    "System.ValueType": lambda v: isinstance(v, bool | int | float | Decimal | Char | uuid.UUID | Moment | Span | Enum),
    "System.Enum": lambda v: isinstance(v, Enum),
    "System.Management.Automation.PSCustomObject": lambda v: isinstance(v, Obj) or refuse_order(),
    "System.Management.Automation.PSObject": lambda v: isinstance(v, Obj) or refuse_order(),
}
LEAVES = frozenset(
    [
        "System.String",
        "System.Int32",
        "System.Int64",
        "System.Double",
        "System.Boolean",
        "System.Char",
        "System.Decimal",
        "System.Byte",
        "System.DateTime",
        "System.TimeSpan",
        "System.Guid",
        "System.Version",
        "System.Collections.Hashtable",
        "System.Collections.Specialized.OrderedDictionary",
        "System.Collections.ArrayList",
        "System.Management.Automation.ScriptBlock",
        "System.Management.Automation.SwitchParameter",
        "System.Management.Automation.ErrorRecord",
        "System.Text.StringBuilder",
    ]
)


def comparison_failure() -> Thrown:
    """Two values that cannot be ordered."""
    return engine("ComparisonFailure", None)

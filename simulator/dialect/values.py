"""The values of the dialect: what Python's own types cannot tell apart gets a small class of its own.

Int32 is int, Double float, String str, Boolean bool, null None. Everything else is named here.
"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.dialect.scope import Scope

Value = Any


class Int64(int):
    """[long]"""


class Char(str):
    """[char]: one UTF-16 unit of the basic plane."""

    __slots__ = ()


class Array(list[Value]):
    """An array; `kind` is its type's full name without brackets, e.g. `System.Object`."""

    kind = "System.Object"

    @classmethod
    def of(cls, items: Any, kind: str = "System.Object") -> "Array":
        """An array of that element type."""
        made = cls(items)
        made.kind = kind
        return made


class NetList(list[Value]):
    """A growing list: `List[T]` or ArrayList; `kind` is the full type name, `element` the item type."""

    def __init__(self, items: Any = (), kind: str = "System.Collections.ArrayList", element: str = "object") -> None:
        super().__init__(items)
        self.kind = kind
        self.element = element


class Keys(Array):
    """Keys or values of a hashtable without order: enumerating several would show an order nobody promised."""


class Hash:
    """A hashtable: keys compared without case, by code unit; `ordered` keeps insertion order."""

    def __init__(self, ordered: bool = False, kind: str = "") -> None:
        self.rows: dict[Value, tuple[Value, Value]] = {}
        self.ordered = ordered
        self.kind = kind or (
            "System.Collections.Specialized.OrderedDictionary" if ordered else "System.Collections.Hashtable"
        )

    @staticmethod
    def key(name: Value) -> Value:
        """The key as it is compared."""
        return (str, name.upper()) if isinstance(name, str) and not isinstance(name, Char) else (type(name), name)

    def get(self, name: Value, default: Value = None) -> Value:
        """The value of that key."""
        return self.rows.get(self.key(name), (None, default))[1]

    def put(self, name: Value, value: Value) -> None:
        """Sets it; an existing key keeps its place, and its spelling too unless the table is ordered."""
        key = self.key(name)
        spelled = self.rows[key][0] if key in self.rows and not self.ordered else name
        self.rows[key] = (spelled, value)

    def pop(self, name: Value) -> None:
        """Removes it if it is there."""
        self.rows.pop(self.key(name), None)

    def __contains__(self, name: Value) -> bool:
        return self.key(name) in self.rows

    def __len__(self) -> int:
        return len(self.rows)

    def __bool__(self) -> bool:
        return True

    def items(self) -> Iterator[tuple[Value, Value]]:
        """(key, value) pairs in insertion order."""
        return iter(list(self.rows.values()))


class Obj:
    """A custom object: properties by name without case, in order."""

    def __init__(self, props: dict[str, Value] | None = None) -> None:
        self.rows: dict[str, list[Value]] = {}
        for name, value in (props or {}).items():
            self.put(name, value)

    def __contains__(self, name: str) -> bool:
        return name.upper() in self.rows

    def get(self, name: str) -> Value:
        """The property's value; the caller has asked whether it is there."""
        return self.rows[name.upper()][1]

    def put(self, name: str, value: Value) -> None:
        """Sets or adds a property."""
        row = self.rows.setdefault(name.upper(), [name, None])
        row[1] = value

    def items(self) -> Iterator[tuple[str, Value]]:
        """(name, value) pairs in order."""
        return iter([(row[0], row[1]) for row in self.rows.values()])


@dataclass(frozen=True)
class Switch:
    """[switch]: a SwitchParameter."""

    present: bool

    def __bool__(self) -> bool:
        return self.present


@dataclass(frozen=True)
class Enum:
    """A member of an enumeration."""

    type: str
    name: str
    number: int


@dataclass(frozen=True)
class NetType:
    """A type literal, by its full .NET name."""

    name: str

    @property
    def short(self) -> str:
        """The name without its namespace."""
        return self.name.rsplit(".", 1)[-1]


@dataclass
class NetException:
    """An exception object: full type name and message."""

    type: str
    message: str
    inner: "NetException | None" = None


@dataclass
class ErrorRecord:
    """What `$_` is in a catch block."""

    exception: NetException
    id: str
    category: str = "NotSpecified"
    target: Value = None
    shown: str = ""  # the type the outermost layer shows for errors that the engine itself raises


class HashSet:
    """HashSet[string] with an ordinal comparer that ignores case or not."""

    def __init__(self, fold: bool) -> None:
        self.fold = fold
        self.rows: dict[str, str] = {}

    def key(self, text: str) -> str:
        """The text as it is compared."""
        return text.upper() if self.fold else text


@dataclass(eq=False)
class ScriptBlock:
    """`{ … }`: its compiled body and the scope it was written in (only for module functions and closures)."""

    body: Callable[..., None]
    parameters: Any
    text: str
    home: "Scope | None" = None


@dataclass
class Entry:
    """One pair of an enumerated hashtable."""

    key: Value
    value: Value


@dataclass
class Record:
    """A message on the warning, verbose or information stream."""

    type: str
    message: str


@dataclass
class Builder:
    """A StringBuilder."""

    parts: list[str] = field(default_factory=list)


@dataclass
class Opaque:
    """An object of a type we only know by name, with a few readable properties."""

    type: str
    props: dict[str, Value] = field(default_factory=dict)


COLLECTIONS = (Array, NetList, HashSet)


def units(text: str) -> int:
    """The length of a string in UTF-16 units, as .NET counts."""
    return len(text) + sum(1 for c in text if ord(c) > 0xFFFF)


def type_name(value: Value) -> str:  # noqa: PLR0911 (one line a type reads best as a list)
    """The full .NET name of a value's type."""
    if isinstance(value, bool):
        return "System.Boolean"
    if isinstance(value, Int64):
        return "System.Int64"
    if isinstance(value, int):
        return "System.Int32"
    if isinstance(value, float):
        return "System.Double"
    if isinstance(value, Char):
        return "System.Char"
    if isinstance(value, str):
        return "System.String"
    if isinstance(value, Array):
        return f"{value.kind}[]"
    if isinstance(value, NetList | Hash):
        return value.kind
    if isinstance(value, Obj):
        return "System.Management.Automation.PSCustomObject"
    if isinstance(value, Switch):
        return "System.Management.Automation.SwitchParameter"
    if isinstance(value, Enum | NetException | Record | Opaque):
        return value.type
    return OTHER[type(value)]


OTHER = {
    ErrorRecord: "System.Management.Automation.ErrorRecord",
    ScriptBlock: "System.Management.Automation.ScriptBlock",
    HashSet: "System.Collections.Generic.HashSet`1",
    NetType: "System.RuntimeType",
    Entry: "System.Collections.DictionaryEntry",
    Builder: "System.Text.StringBuilder",
    uuid.UUID: "System.Guid",
    datetime: "System.DateTime",
    Decimal: "System.Decimal",
}

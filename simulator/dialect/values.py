"""The values of the dialect: what Python's own types cannot tell apart gets a small class of its own.

Int32 is int, Double float, String str (in UTF-16 units), Boolean bool, Decimal Decimal, null None. The rest is here.
"""

import unicodedata
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from simulator.dialect.refuse import Refused

Value = Any


class Whole(int):
    """A whole number of another size than Int32; `kind` is its type's full name."""

    kind = ""

    def __repr__(self) -> str:
        return int.__repr__(self)


class Int64(Whole):
    """[long]"""

    kind = "System.Int64"


class Byte(Whole):
    """[byte]"""

    kind = "System.Byte"


class Char(str):
    """[char]: one UTF-16 unit."""

    __slots__ = ()


class Nothing:
    """What a pipeline without output gives: null as a value, but no item of a pipeline."""

    def __repr__(self) -> str:
        return "nothing"


NOTHING = Nothing()


def plain(value: Value) -> Value:
    """The value as any reader but a pipeline sees it."""
    return None if value is NOTHING else value


class Array(list[Value]):
    """An array; `kind` is its element's full type name. `loose`: its order is not settled, so nobody may look at it."""

    kind = "System.Object"
    loose = False

    @classmethod
    def of(cls, items: Iterable[Value], kind: str = "System.Object", *, loose: bool = False) -> "Array":
        """An array of that element type."""
        made = cls(items)
        made.kind = kind
        made.loose = loose and len(made) > 1
        return made


class NetList(list[Value]):
    """ArrayList, `List[T]`, `Queue[T]`, `Stack[T]`, Collection: `kind` is the full name, `element` the item's type."""

    def __init__(self, items: Iterable[Value], kind: str, element: str = "System.Object") -> None:
        super().__init__(items)
        self.kind = kind
        self.element = element
        self.version = 0  # counts changes: enumerating notices them


IGNORED = frozenset({"Cf", "Mn", "Me", "Mc", "Cc"})
ARRAY_LIST = "System.Collections.ArrayList"
LIST = "System.Collections.Generic.List`1"
QUEUE = "System.Collections.Generic.Queue`1"
STACK = "System.Collections.Generic.Stack`1"
COLLECTION = "System.Collections.ObjectModel.Collection`1"


class Once(list[Value]):
    """`$input`: it can be enumerated one time."""

    NET = "System.Collections.ArrayList+ArrayListEnumeratorSimple"


class Hash:
    """A hashtable or another table by key.

    Args:
        ordered: Keeps insertion order, so its order may be looked at.
        kind: The full type name.
        fold: Whether text keys are compared without case.
        types: (key type, value type) of a generic dictionary.
    """

    def __init__(
        self, *, ordered: bool = False, kind: str = "", fold: bool = True, types: tuple[str, str] | None = None
    ) -> None:
        self.rows: dict[Value, tuple[Value, Value]] = {}
        self.ordered = ordered
        self.kind = kind or (ORDERED if ordered else HASHTABLE)
        self.exact = False  # an ordinal comparer was given: marks count as any other unit
        self.fold = fold
        self.types = types
        self.removed = False  # something was taken out: where the next one goes is not settled for a dictionary
        self.whole = True  # nothing is known of keys that are not there otherwise

    def key(self, name: Value) -> Value:
        """The key as it is compared: text by unit, with or without case; anything else by type and value."""
        if isinstance(name, str) and not isinstance(name, Char):
            if not self.exact and not name.isascii() and any(unicodedata.category(c) in IGNORED for c in name):
                raise Refused("")  # such keys could be compared by culture
            return (str, fold_case(name) if self.fold else str(name))
        if isinstance(name, bool | int | float | str | Decimal | uuid.UUID | Enum | Whole):
            return (type(name), name)
        if getattr(name, "NET", "") in {"System.DateTime", "System.TimeSpan", "System.Version"}:
            return (type(name), name)
        return (type(name), id(name))

    def get(self, name: Value, default: Value = None) -> Value:
        """The value of that key."""
        return self.rows.get(self.key(name), (None, default))[1]

    def put(self, name: Value, value: Value) -> None:
        """Sets it. An existing key keeps its place; a hashtable keeps its spelling too, an ordered one does not."""
        key = self.key(name)
        if self.removed and key not in self.rows:
            self.ordered = False
        kept = self.kind != ORDERED and key in self.rows
        self.rows[key] = (self.rows[key][0] if kept else name, value)

    def pop(self, name: Value) -> bool:
        """Removes it; tells whether it was there."""
        return self.rows.pop(self.key(name), None) is not None

    def __contains__(self, name: Value) -> bool:
        return self.key(name) in self.rows

    def __len__(self) -> int:
        return len(self.rows)

    def __bool__(self) -> bool:
        return True

    def items(self) -> Iterator[tuple[Value, Value]]:
        """(key, value) pairs in insertion order."""
        return iter(list(self.rows.values()))

    @property
    def loose(self) -> bool:
        """Whether its order is not settled."""
        return not self.ordered and len(self.rows) > 1


HASHTABLE = "System.Collections.Hashtable"
ORDERED = "System.Collections.Specialized.OrderedDictionary"
DICTIONARY = "System.Collections.Generic.Dictionary`2"
SORTED = "System.Collections.Generic.SortedDictionary`2"


def fold_case(words: str) -> str:
    """Text as ordinal comparers without case see it: each unit in upper case, where that is one unit.

    Raises:
        Refused: A letter whose upper case is a matter of culture.
    """
    if words.isascii():
        return words.upper()
    if any(c in "\u0130\u0131\u017f" for c in words):
        raise Refused("")
    return "".join(c.upper() if len(c.upper()) == 1 else c for c in words)


class Obj:
    """A custom object: properties by name without case, in order. `loose`: the order is not settled.

    A host may hang anything on `host`; `type` is what it says of itself.
    """

    __slots__ = ("host", "loose", "methods", "rows", "type")

    def __init__(self, props: dict[str, Value] | None = None, *, loose: bool = False, type_: str = "") -> None:
        self.rows: dict[str, list[Value]] = {}
        self.methods: dict[str, Value] = {}
        self.loose = loose
        self.type = type_ or CUSTOM
        self.host: Any = None
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


CUSTOM = "System.Management.Automation.PSCustomObject"


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
    """A type, by its full .NET name; generic arguments and `[]` stand behind it."""

    name: str

    @property
    def item(self) -> "NetType | None":
        """The element type of an array type."""
        return NetType(self.name[:-2]) if self.name.endswith("[]") else None


@dataclass(eq=False)
class NetException:
    """An exception: full type name, message (None where its words are not settled), the one inside."""

    type: str
    message: str | None
    inner: "NetException | None" = None
    props: dict[str, Value] = field(default_factory=dict)
    given: bool = False  # a script said these words itself


@dataclass(eq=False)
class ErrorRecord:
    """What `$_` is in a catch block. `own`: the exception is its own and not the one around it."""

    exception: NetException
    id: str
    category: str | None = "NotSpecified"
    target: Value = None
    own: bool = True
    activity: str = ""
    origin: Any = None  # the error as it travelled, for throwing it again
    line: int = 0


class HashSet:
    """HashSet[string] with an ordinal comparer, with or without case; `loose` once its order is not settled."""

    def __init__(self, *, fold: bool) -> None:
        self.fold = fold
        self.loose = False
        self.removed = False
        self.rows: dict[str, str] = {}
        self.version = 0

    def key(self, words: str) -> str:
        """The text as it is compared."""
        return fold_case(words) if self.fold else words

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(eq=False)
class ScriptBlock:
    """`{ … }`: its compiled body, its text, and the scope it was closed over (closures and modules only)."""

    body: Any
    text: str
    home: Any = None


@dataclass(eq=False)
class Entry:
    """One pair of an enumerated table; `kind` is the full type name."""

    key: Value
    value: Value
    kind: str = "System.Collections.DictionaryEntry"


@dataclass(eq=False)
class Record:
    """A message on the warning, verbose or information stream."""

    type: str
    message: str


@dataclass(eq=False)
class Builder:
    """A StringBuilder."""

    words: str = ""


@dataclass(eq=False)
class Opaque:
    """An object of a type we only know by name, with a few readable properties."""

    type: str
    props: dict[str, Value] = field(default_factory=dict)


@dataclass(eq=False)
class Reference:
    """[ref] of a variable: how to read it and how to set it."""

    get: Any
    set: Any


def type_name(value: Value) -> str:
    """The full .NET name of a value's type."""
    for kind, name in NAMES:
        if isinstance(value, kind):
            return name
    if type(value) is int:
        return "System.Int32"
    if isinstance(value, Array):
        return f"{value.kind}[]"
    if isinstance(value, Whole | NetList | Hash | Entry):
        return value.kind
    if isinstance(value, Enum | NetException | Record | Opaque | Obj):
        return value.type
    name = getattr(value, "NET", "")
    if not name:
        raise Refused("")
    return str(name)


NAMES: list[tuple[type, str]] = [
    (bool, "System.Boolean"),
    (float, "System.Double"),
    (Char, "System.Char"),
    (str, "System.String"),
    (Decimal, "System.Decimal"),
    (uuid.UUID, "System.Guid"),
    (Switch, "System.Management.Automation.SwitchParameter"),
    (ErrorRecord, "System.Management.Automation.ErrorRecord"),
    (ScriptBlock, "System.Management.Automation.ScriptBlock"),
    (HashSet, "System.Collections.Generic.HashSet`1"),
    (NetType, "System.RuntimeType"),
    (Builder, "System.Text.StringBuilder"),
]


def is_number(value: Value) -> bool:
    """A number of any size; a Boolean is none."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)

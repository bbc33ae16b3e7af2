"""Variables by scope: reading looks outward, writing stays inside, unless a scope is named."""

from collections.abc import Callable
from typing import Any

from simulator.dialect.faults import AUTOMATION, engine, undefined
from simulator.dialect.known import AUTOMATIC
from simulator.dialect.refuse import Refused
from simulator.dialect.values import Value

READ_ONLY: dict[str, Value] = {"true": True, "false": False, "null": None}


def missing(bare: str, written: str) -> Exception:
    """A variable that has not been set; one that the engine itself sets is refused."""
    return Refused("") if bare in AUTOMATIC else undefined(written)


Coerce = Callable[[Value], Value]


class Scope:
    """One scope: its own variables and functions, and what encloses it where it runs."""

    __slots__ = ("coerce", "functions", "locked", "names", "parent", "script", "top")

    def __init__(self, parent: "Scope | None" = None, *, script: bool = False) -> None:
        self.parent = parent
        self.names: dict[str, Value] = {}
        self.coerce: dict[str, Coerce] = {}
        self.functions: dict[str, Any] = {}
        self.locked: set[str] = set()
        self.top: Scope = parent.top if parent is not None else self
        self.script: Scope = self if script or parent is None else parent.script

    def find(self, name: str) -> "Scope | None":
        """The nearest scope that has the variable."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope
            scope = scope.parent
        return None

    def get(self, name: str, written: str = "") -> Value:
        """A variable's value by its lower-case name (`x`, `script:x`).

        Raises:
            Thrown: It has not been set, which strict mode does not allow.
        """
        if name in READ_ONLY:
            return READ_ONLY[name]
        if ":" in name:
            scope, bare = self.named(name)
            if bare in scope.names:
                return scope.names[bare]
            raise missing(bare, written or name)
        owner = self.find(name)
        if owner is None:
            raise missing(name, written or name)
        return owner.names[name]

    def set(self, name: str, value: Value, coerce: Coerce | None = None) -> None:
        """Sets a variable here, or in the scope that its name says.

        Raises:
            Thrown: It is read-only.
        """
        target, bare = self.named(name) if ":" in name else (self, name)
        if bare == "null":
            return
        if bare in READ_ONLY or bare in target.locked:
            told = f"Cannot overwrite variable {bare} because it is read-only or constant."
            raise engine(
                "VariableNotWritable",
                told,
                "WriteError",
                f"{AUTOMATION}.SessionStateUnauthorizedAccessException",
                target=bare,
            )
        if coerce is not None:
            target.coerce[bare] = coerce
        keep = target.coerce.get(bare)
        target.names[bare] = keep(value) if keep is not None else value

    def named(self, name: str) -> "tuple[Scope, str]":
        """The scope that a name says, and the bare name."""
        head, _, bare = name.partition(":")
        known = {"script": self.script, "global": self.top, "local": self}
        if head not in known:
            raise Refused("")
        return known[head], bare

    def function(self, name: str) -> Any:
        """The nearest function of that lower-case name, or None."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.functions:
                return scope.functions[name]
            scope = scope.parent
        return None

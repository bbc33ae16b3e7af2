"""Variables by scope: reading looks outward, writing stays inside, unless a scope is named."""

from collections.abc import Callable
from typing import Any

from simulator.dialect.faults import undefined
from simulator.dialect.refuse import Refused
from simulator.dialect.values import Value

READ_ONLY = {"true": True, "false": False, "null": None}
Coerce = Callable[[Value], Value]


class Scope:
    """One scope: its own variables and functions, and what encloses it dynamically."""

    __slots__ = ("coerce", "functions", "names", "parent", "script", "top")

    def __init__(self, parent: "Scope | None" = None, *, script: bool = False) -> None:
        self.parent = parent
        self.names: dict[str, Value] = {}
        self.coerce: dict[str, Coerce] = {}
        self.functions: dict[str, Any] = {}
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

    def get(self, name: str) -> Value:
        """A variable's value by its lower-case name (`x`, `script:x`); strict mode throws for an unknown one."""
        if name in READ_ONLY:
            return READ_ONLY[name]
        scope, bare = self.named(name)
        if scope is not None:
            if bare in scope.names:
                return scope.names[bare]
            raise undefined(name)
        owner = self.find(bare)
        if owner is None:
            raise undefined(name)
        return owner.names[bare]

    def set(self, name: str, value: Value, coerce: Coerce | None = None) -> None:
        """Sets a variable here, or in the scope that its name says."""
        scope, bare = self.named(name)
        target = scope or self
        if bare == "null":
            return
        if bare in READ_ONLY:
            raise Refused(f"${name} is read-only")
        if coerce is not None:
            target.coerce[bare] = coerce
        keep = target.coerce.get(bare)
        target.names[bare] = keep(value) if keep is not None else value

    def named(self, name: str) -> "tuple[Scope | None, str]":
        """The scope a name says, if it says one."""
        head, colon, bare = name.partition(":")
        if not colon:
            return None, name
        if head in ("script", "global", "local"):
            return {"script": self.script, "global": self.top, "local": self}[head], bare
        raise Refused(f"${name}")

    def function(self, name: str) -> Any:
        """The nearest function of that lower-case name, or None."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.functions:
                return scope.functions[name]
            scope = scope.parent
        return None

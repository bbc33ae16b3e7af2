"""What running code stands in: the engine, its scope, the command around it, and where values go."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from simulator.dialect.scope import Scope
from simulator.dialect.values import Value

if TYPE_CHECKING:
    from simulator.dialect.engine import Engine

Emit = Callable[[Value], None]


class Frame:
    """One running body: a script, a function, a script block."""

    __slots__ = ("cmdlet", "engine", "scope")

    def __init__(self, engine: "Engine", scope: Scope, cmdlet: Any = None) -> None:
        self.engine = engine
        self.scope = scope
        self.cmdlet = cmdlet  # the advanced function around, where there is one


Expr = Callable[[Frame], Value]
Stmt = Callable[[Frame, Emit], None]


class Nothing:
    """What a pipeline without output gives: null as a value, but no item of a pipeline."""

    def __repr__(self) -> str:
        return "nothing"


NOTHING = Nothing()


def plain(value: Value) -> Value:
    """The value as any reader but a pipeline sees it."""
    return None if value is NOTHING else value

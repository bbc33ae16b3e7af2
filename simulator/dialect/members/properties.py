"""`$object.PSObject.Properties`: a list that can be enumerated and asked by name; and script properties."""

from typing import TYPE_CHECKING

from simulator.dialect.refuse import Refused
from simulator.dialect.values import Array, Enum, Obj, Opaque, ScriptBlock, Value

if TYPE_CHECKING:
    from simulator.dialect.run.frame import Frame

MEMBER_TYPE = "System.Management.Automation.PSMemberTypes"


class Property:
    """A script property: a block that gives its value, with `$this`."""

    NET = "System.Management.Automation.PSScriptProperty"

    def __init__(self, block: ScriptBlock) -> None:
        self.block = block

    def of(self, target: Obj, frame: "Frame") -> Value:
        """The value for an object."""
        return run_with_this(self.block, target, [], frame)


def run_with_this(block: ScriptBlock, target: Obj, arguments: list[Value], frame: "Frame") -> Value:
    """What a block gives with `$this`, in a scope of its own."""
    from simulator.dialect.run.binding import Given
    from simulator.dialect.run.functions import FunctionStage

    out: list[Value] = []
    stage = FunctionStage(
        frame, block.body, [Given("", a) for a in arguments], out.append, False, frame.streams, dot=False
    )
    stage.frame.scope.names["this"] = target
    stage.begin()
    stage.end()
    return (out[0] if len(out) == 1 else Array.of(out)) if out else None


class PropertyList(Array):
    """The properties of an object."""

    holder: Obj | None = None

    def named(self, name: str) -> Value:
        """`Properties['x']`: the property or null."""
        return next((p for p in self if p.props["name"].upper() == name.upper()), None)


def properties_of(holder: Opaque) -> Value:
    """The properties of an object."""
    target = holder.props.get("of")
    if not isinstance(target, Obj):
        raise Refused("")
    rows = []
    for name, value in target.items():
        kind = ("ScriptProperty", 16) if isinstance(value, Property) else ("NoteProperty", 8)
        made = {"name": name, "value": value, "membertype": Enum(MEMBER_TYPE, *kind), "holder": target}
        rows.append(Opaque("property", made))
    found = PropertyList.of(rows, loose=target.loose)
    assert isinstance(found, PropertyList)
    found.holder = target
    return found

"""New-Object, Add-Member, Get-Member, and the variable cmdlets."""

from simulator.dialect.cmdlets.base import Plain, Use, cmdlet
from simulator.dialect.cmdlets.items import COMMANDS
from simulator.dialect.convert import each, text
from simulator.dialect.faults import Net
from simulator.dialect.known import AUTOMATIC
from simulator.dialect.members.make import make
from simulator.dialect.members.properties import Property
from simulator.dialect.refuse import Refused
from simulator.dialect.run.scope import Scope
from simulator.dialect.types import lookup
from simulator.dialect.values import Array, Hash, Obj, Opaque, ScriptBlock, Value

CUSTOM_NAMES = ("psobject", "pscustomobject", "system.management.automation.psobject")


@cmdlet("New-Object", "*TypeName:string@0", "ArgumentList@1", "Property:hashtable")
def NEW_OBJECT(use: Use) -> Plain:  # noqa: N802
    """New-Object of a listed type."""
    return Plain(end=lambda: use.emit(made_object(use)))


def made_object(use: Use) -> Value:
    """The new object."""
    name = text(use.get("TypeName"))
    if name.lower() in CUSTOM_NAMES:
        if use.has("ArgumentList"):
            raise Refused("")
        return new_custom(use)
    if use.has("Property"):
        raise Refused("")
    given = use.get("ArgumentList")
    arguments = list(given) if isinstance(given, Array) else [] if not use.has("ArgumentList") else [given]
    try:
        return make(lookup(name), arguments, use.caller)
    except Net as error:
        raise Refused("") from error


def new_custom(use: Use) -> Obj:
    """New-Object PSObject -Property @{ … }"""
    given = use.get("Property")
    made = Obj()
    if given is None:
        return made
    assert isinstance(given, Hash)
    made.loose = given.loose
    for key, value in given.items():
        made.put(text(key), value)
    return made


# -- members
@cmdlet(
    "Add-Member",
    "MemberType@0",
    "Name@1",
    "Value@2",
    "NotePropertyName:string",
    "NotePropertyValue",
    "Force:switch",
    "PassThru:switch",
    "InputObject|",
)
def ADD_MEMBER(use: Use) -> Plain:  # noqa: N802
    """Add-Member: note properties, script properties, script methods."""

    def process(item: Value) -> None:
        if not isinstance(item, Obj):
            raise Refused("")
        for name, value, kind in members(use):
            attach(use, item, name, value, kind)
        if use.flag("PassThru"):
            use.emit(item)

    def end() -> None:
        if not use.piped:
            process(use.get("InputObject"))

    return Plain(process=process, end=end)


def members(use: Use) -> list[tuple[str, Value, str]]:
    """(name, value, lower-case kind) of what is added."""
    if use.has("NotePropertyName"):
        if not use.has("NotePropertyValue") or use.has("MemberType"):
            raise Refused("")
        return [(text(use.get("NotePropertyName")), use.get("NotePropertyValue"), "noteproperty")]
    first = use.get("MemberType")
    if isinstance(first, Hash):
        if use.has("Name") or first.loose:
            raise Refused("")
        return [(text(name), value, "noteproperty") for name, value in first.items()]
    kind = text(first).lower()
    known = ("noteproperty", "scriptproperty", "scriptmethod")
    if kind not in known and use.has("Name") and not use.has("Value"):  # Add-Member name value
        return [(text(first), use.get("Name"), "noteproperty")]
    if kind not in known or not use.has("Name") or not use.has("Value"):
        raise Refused("")
    return [(text(use.get("Name")), use.get("Value"), kind)]


def attach(use: Use, item: Obj, name: str, value: Value, kind: str) -> None:
    """Adds one member; one that is there is an error unless forced."""
    if kind == "scriptmethod":
        if not isinstance(value, ScriptBlock) or name.lower() in item.methods:
            raise Refused("")
        item.methods[name.lower()] = value
        return
    if name in item and not use.flag("Force"):
        told = (
            f'Cannot add a member with the name "{name}" because a member with that name already exists. To overwrite '
            "the member anyway, add the Force parameter to your command."
        )
        use.error(
            f"MemberAlreadyExists,{COMMANDS}.AddMemberCommand",
            "System.InvalidOperationException",
            told,
            "InvalidOperation",
            item,
        )
        return
    if kind == "scriptproperty":
        if not isinstance(value, ScriptBlock) or name in item:
            raise Refused("")
        item.put(name, Property(value))
        return
    if name in item and isinstance(item.get(name), Property):
        raise Refused("")
    item.put(name, value)


@cmdlet("Get-Member", "Name:string[]@0", "MemberType:string", "InputObject|")
def GET_MEMBER(use: Use) -> Plain:  # noqa: N802
    """Get-Member of custom objects' own properties."""
    seen: list[Obj] = []

    def process(item: Value) -> None:
        if not isinstance(item, Obj) or item.loose or item.host is not None:
            raise Refused("")
        seen.append(item)

    def end() -> None:
        if not use.piped:
            process(use.get("InputObject"))
        if len({tuple(n for n, _ in item.items()) for item in seen}) > 1 or not seen:
            raise Refused("")
        kind = text(use.get("MemberType")).lower()
        wanted = [text(n).lower() for n in each(use.get("Name"))] if use.has("Name") else None
        if kind not in ("noteproperty", "properties", "property") and not (kind == "" and wanted):
            raise Refused("")
        if kind == "property":
            return
        give_members(use, seen[0], wanted)

    return Plain(process=process, end=end)


def give_members(use: Use, item: Obj, wanted: list[str] | None) -> None:
    """The properties by name, sorted."""
    if wanted and any(c in name for name in wanted for c in "*?["):
        raise Refused("")
    from simulator.dialect.members.properties import properties_of

    if item.methods:
        raise Refused("")
    found = properties_of(Opaque("holder", {"of": item}))
    rows = sorted(found, key=lambda p: p.props["name"].lower())
    for one in rows:
        if wanted is None or one.props["name"].lower() in wanted:
            use.emit(Opaque("member", {"name": one.props["name"], "membertype": one.props["membertype"]}))


# -- variables
def scope_of(use: Use) -> Scope:
    """The scope that -Scope names, or the caller's."""
    scope = use.caller.scope
    if not use.has("Scope"):
        return scope
    word = text(use.get("Scope")).lower()
    known = {"local": scope, "script": scope.script, "global": scope.top}
    if word not in known:
        raise Refused("")
    return known[word]


def variable_name(use: Use) -> str:
    """A plain name."""
    name = text(use.get("Name"))
    if not name or any(c in name for c in "*?[:") or name.lower() in ("true", "false", "null"):
        raise Refused("")
    return name.lower()


@cmdlet(
    "Set-Variable",
    "*Name:string@0",
    "Value@1",
    "Scope:string",
    "Option:string",
    "Force:switch",
    should_process=True,
)
def SET_VARIABLE(use: Use) -> Plain:  # noqa: N802
    """Set-Variable"""

    def end() -> None:
        scope, name = scope_of(use), variable_name(use)
        option = text(use.get("Option")).lower()
        if option not in ("", "none", "readonly"):
            raise Refused("")
        if use.what_if():
            return
        if name in scope.locked:
            if not use.flag("Force"):
                raise Refused("")
            scope.locked.discard(name)
            if option == "":
                option = "readonly"
        scope.set(name, use.get("Value"))
        if option == "readonly":
            scope.locked.add(name)

    return Plain(end=end)


@cmdlet("New-Variable", "*Name:string@0", "Value@1", "Scope:string", should_process=True)
def NEW_VARIABLE(use: Use) -> Plain:  # noqa: N802
    """New-Variable of a name that is not there yet."""

    def end() -> None:
        scope, name = scope_of(use), variable_name(use)
        if name in scope.names:
            raise Refused("")
        if not use.what_if():
            scope.set(name, use.get("Value"))

    return Plain(end=end)


@cmdlet("Get-Variable", "*Name:string@0", "ValueOnly:switch")
def GET_VARIABLE(use: Use) -> Plain:  # noqa: N802
    """Get-Variable"""

    def end() -> None:
        name = variable_name(use)
        owner = use.caller.scope.find(name)
        if owner is None:
            if name in AUTOMATIC:
                raise Refused("")
            told = f"Cannot find a variable with the name '{text(use.get('Name'))}'."
            type_ = "System.Management.Automation.ItemNotFoundException"
            id_ = f"VariableNotFound,{COMMANDS}.GetVariableCommand"
            use.error(id_, type_, told, "ObjectNotFound", text(use.get("Name")))
            return
        value = owner.names[name]
        if not use.flag("ValueOnly"):
            use.emit(Opaque("System.Management.Automation.PSVariable", {"name": name, "value": value}))
        elif isinstance(value, Array):
            raise Refused("")
        else:
            use.emit(value)

    return Plain(end=end)


@cmdlet("Remove-Variable", "*Name:string@0", "Scope:string", should_process=True)
def REMOVE_VARIABLE(use: Use) -> Plain:  # noqa: N802
    """Remove-Variable"""

    def end() -> None:
        scope, name = scope_of(use), variable_name(use)
        if name not in scope.names or name in scope.locked:
            raise Refused("")
        if not use.what_if():
            del scope.names[name]
            scope.coerce.pop(name, None)

    return Plain(end=end)

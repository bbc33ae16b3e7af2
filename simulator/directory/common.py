"""What every resource of the directory shares: finding objects, reading bodies, refusing in the service's words."""

import re
from typing import Any
from urllib.parse import urlsplit

from simulator.core import Call, GraphFault
from simulator.odata import types

JSON = dict[str, Any]

GUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
ANNOTATION = "@odata."
TRIES = 0.5  # how often the service uses the stranger one of two documented words for a replication miss

USER_DEFAULTS = (
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
)
"""The properties of a user that are sent without `$select`."""


def refused(message: str, code: str = "Request_BadRequest") -> GraphFault:
    """400 of the directory."""
    return GraphFault(400, code, message)


def not_found(what: str) -> GraphFault:
    """404: the object, or one that it refers to, is not there (or not yet)."""
    message = f"Resource '{what}' does not exist or one of its queried reference-property objects are not present."
    return GraphFault(404, "Request_ResourceNotFound", message)


def denied(message: str = "Insufficient privileges to complete the operation.") -> GraphFault:
    """403 of the directory."""
    return GraphFault(403, "Authorization_RequestDenied", message)


def conflict(name: str) -> GraphFault:
    """400: the value of a unique property is taken."""
    return refused(f"Another object with the same value for property {name} already exists.")


def reference_miss() -> GraphFault:
    """400: an id in the body leads nowhere, or not yet."""
    return refused("Not a valid reference update.")


def is_guid(text: object) -> bool:
    """Whether a text is a uuid."""
    return isinstance(text, str) and GUID.fullmatch(text) is not None


def seen(call: Call, collection: str, key: str, *, guid: bool = True) -> JSON:
    """The object as the answering replica has it, or 404. `guid`: ids of another form are refused with 400."""
    if guid and not is_guid(key):
        raise refused(f"Invalid object identifier '{key}'.")
    found = call.tenant.collection(collection).get(key, call.stale)
    if found is None:
        raise not_found(key)
    return found


def latest(call: Call, collection: str, found: JSON) -> JSON:
    """The newest state of an object that the answering replica knows: what a change is applied to."""
    newest = call.tenant.collection(collection).get(found["id"])
    if newest is None:
        raise not_found(found["id"])
    return newest


def body_of(call: Call) -> JSON:
    """The JSON object of a request."""
    if not isinstance(call.body, dict):
        raise refused("Empty Payload. JSON content expected.", "BadRequest")
    return {name: value for name, value in call.body.items() if name != "@odata.type"}


def checked(call: Call, entity: str, *, actions: tuple[str, ...] = ()) -> JSON:
    """The body, its property names and types held to the metadata. `actions` are further names that are allowed."""
    body: JSON = _spelled(body_of(call), entity)
    for name, value in body.items():
        if name in actions or "@odata." in name:
            continue
        kind = types.properties(entity).get(name)
        if kind is None:
            raise refused(f"Invalid property '{name}'.")
        if not fits(value, kind):
            raise refused(f"Invalid value specified for property '{name}' of resource '{titled(entity)}'.")
    return body


def _spelled(value: Any, kind: str) -> Any:
    """The value with property names written as in the metadata: the service takes them in any case."""
    if isinstance(value, list):
        return [_spelled(one, kind) for one in value]
    if not isinstance(value, dict) or kind not in types.table():
        return value
    known, kinds = types.canonical(kind), types.properties(kind)
    named = {known.get(name.lower(), name): inner for name, inner in value.items()}
    return {name: _spelled(inner, types.item(kinds.get(str(name), ""))) for name, inner in named.items()}


def needs(body: JSON, entity: str, *names: str) -> None:
    """Refuses a body without a value for these properties."""
    for name in names:
        if body.get(name) in (None, ""):
            raise refused(f"A value is required for property '{name}' of resource '{titled(entity)}'.")


def titled(entity: str) -> str:
    """A type's name as the directory writes it in messages."""
    return entity[:1].upper() + entity[1:]


_PRIMITIVES: dict[str, type | tuple[type, ...]] = {
    "Edm.String": str,
    "Edm.Boolean": bool,
    "Edm.Int32": int,
    "Edm.Int64": int,
    "Edm.Double": (int, float),
    "Edm.Binary": str,
    "Edm.DateTimeOffset": str,
    "Edm.Duration": str,
}


def fits(value: Any, kind: str) -> bool:
    """Whether a JSON value is of a type of the metadata, nested properties included."""
    if value is None:
        return True  # null clears a property; what is required is asked for apart
    if types.is_collection(kind):
        return isinstance(value, list) and all(fits(one, types.item(kind)) for one in value)
    bare = kind.rstrip("?")
    if bare == "Edm.Guid":
        return is_guid(value)
    if bare in _PRIMITIVES:
        return isinstance(value, _PRIMITIVES[bare]) and (bare == "Edm.Boolean") == isinstance(value, bool)
    if bare in types.enums():
        return _is_member(value, bare)
    return bare not in types.table() or (isinstance(value, dict) and _fits_all(value, bare))


def _fits_all(value: JSON, kind: str) -> bool:
    """Whether an object holds properties of its type alone; `@odata.type` may name a derived one."""
    named = str(value.get("@odata.type", "")).rpartition(".")[2]
    actual = named if named in types.table() else kind
    props = {**types.relationships(actual), **types.properties(actual)}
    return all(
        name.startswith(ANNOTATION) or (name in props and fits(inner, props[name])) for name, inner in value.items()
    )


def _is_member(value: Any, enum: str) -> bool:
    """Whether a text is a member of an enumeration, or several of one whose members are flags."""
    known = types.enums()[enum]
    return isinstance(value, str) and all(part.strip().lower() in known for part in value.split(","))


def referenced(call: Call) -> str:
    """The id in a reference `{"@odata.id": "https://…/v1.0/directoryObjects/{id}"}`."""
    link = body_of(call).get("@odata.id")
    if not isinstance(link, str):
        raise refused("A value is required for property '@odata.id'.")
    return linked_id(link)


def linked_id(link: str) -> str:
    """The id at the end of a link to an object: `…/directoryObjects/{id}`, `…/users('{id}')`."""
    last = urlsplit(link).path.rstrip("/").rpartition("/")[2]
    keyed = re.fullmatch(r"\w+\('?(.*?)'?\)", last)
    found = keyed.group(1) if keyed else last
    if not is_guid(found):
        raise refused(f"Invalid object identifier '{found}'.")
    return found.lower()


def odd_luck(call: Call) -> bool:
    """A seeded draw between two words that the service has for the same thing."""
    return call.tenant.random.random() < TRIES

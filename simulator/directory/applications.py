"""Applications: learn.microsoft.com/graph/api/resources/application"""

from collections.abc import Iterable
from typing import Any

from simulator.core import Call, Reply, Route
from simulator.directory import bin as recycle
from simulator.directory import blanks, owners, things
from simulator.directory.application_rules import changes, check_free, merged
from simulator.directory.common import not_found, refused
from simulator.directory.credentials_view import public, shown_credentials, shown_with_keys
from simulator.directory.followers import follow
from simulator.directory.holders import APPLICATION
from simulator.directory.links import link
from simulator.directory.passwords import new_password
from simulator.directory.quota import mark_creator
from simulator.odata import Expansion, Shape, number, one, respond

JSON = dict[str, Any]

DEFAULT_AUDIENCE = "AzureADandPersonalMicrosoftAccount"


def _owners(call: Call, row: JSON) -> Iterable[JSON]:
    return owners.owners_of("owners", call, row)


EXPAND = {"owners": Expansion(_owners, things.MIXED)}
SHAPE = Shape("application", prepare=shown_credentials, expand=EXPAND)
WITH_KEYS = Shape("application", prepare=shown_with_keys, expand=EXPAND)


def list_all(call: Call) -> Reply:
    """The tenant's applications."""
    return respond(call, call.tenant.collection("applications"), shape=SHAPE, context="applications")


def count(call: Call) -> Reply:
    """How many."""
    return number(call, call.tenant.collection("applications"), entity="application")


def get(call: Call) -> Reply:
    """One, by id, appId or uniqueName; certificates only where `keyCredentials` is selected."""
    selects_keys = "keycredentials" in call.query.get("$select", "").lower()
    shape = WITH_KEYS if selects_keys else SHAPE
    return one(call, APPLICATION.seen(call), shape=shape, context="applications")


def create(call: Call) -> Reply:
    """POST: a new application, whatever its name; it may ask for its first secret, which this answer tells."""
    body = changes(call, None)
    wishes = body.pop("passwordCredentials", [])
    made = _made(call, body)
    reply = _created(call, made)
    if wishes:
        entry, value = new_password(call, APPLICATION, made, wishes[0])
        call.tenant.collection("applications").put({**made, "passwordCredentials": [entry]})
        reply.body["passwordCredentials"] = [{**public(entry), "secretText": value}]
    return reply


def update(call: Call) -> Reply:
    """PATCH of an application that is there."""
    known = APPLICATION.claimed(call)
    return _updated(call, known, changes(call, known))


def upsert(call: Call) -> Reply:
    """PATCH by uniqueName; with `Prefer: create-if-missing` a missing one is made. The key is never read late."""
    name = call.params["uniqueName"]
    known = call.tenant.collection("applications").first("uniqueName", name)
    if known is not None:
        return _updated(call, known, changes(call, known))
    if "create-if-missing" not in call.headers.get("prefer", "").lower():
        raise not_found(name)
    check_free(call, name)
    body = changes(call, None)
    if body.pop("passwordCredentials", None):
        raise refused("New password credentials must be generated with service actions.")
    return _created(call, _made(call, body | {"uniqueName": name}))


def delete(call: Call) -> Reply:
    """Into the bin, the tenant's own service principal of the application with it."""
    known = APPLICATION.latest(call)
    for principal in list(call.tenant.collection("servicePrincipals").find("appId", known["appId"])):
        recycle.throw(call.tenant, "servicePrincipal", principal)
    recycle.throw(call.tenant, "application", known)
    return Reply(204)


def _made(call: Call, body: JSON) -> JSON:
    who = owners.at_creation(call, call.body)
    audience = body.get("signInAudience") or DEFAULT_AUDIENCE
    given = body | {"signInAudience": audience, "createdByAppId": call.token.app_id}
    made = mark_creator(call, blanks.application(call.tenant, merged(blanks.application(call.tenant, {}), given)))
    call.tenant.collection("applications").put(made)
    for owner in dict.fromkeys([*who, *_by_itself(call)]):
        link(call.tenant, "owners", made["id"], owner)
    return made


def _created(call: Call, made: JSON) -> Reply:
    reply = one(call, made, shape=SHAPE, context="applications", status=201)
    reply.headers["Location"] = f"{call.origin}/v1.0/applications/{made['id']}"
    return reply


def _by_itself(call: Call) -> list[str]:
    """Who becomes an owner without being named: a person, and an app that may only manage what it owns."""
    only_owned = "Application.ReadWrite.All" not in call.token.roles
    return [call.token.object_id] if not call.token.app_only or only_owned else []


def _updated(call: Call, known: JSON, body: JSON) -> Reply:
    changed = merged(known, body)
    call.tenant.collection("applications").put(changed)
    follow(call.tenant, changed)
    return Reply(204)


ROUTES = [
    Route("GET", "/applications", list_all),
    Route("POST", "/applications", create),
    Route("GET", "/applications/$count", count),
    Route("GET", APPLICATION.item, get),
    Route("PATCH", APPLICATION.item, update),
    Route("DELETE", APPLICATION.item, delete),
    Route("GET", "/applications(appId='{appId}')", get),
    Route("PATCH", "/applications(appId='{appId}')", update),
    Route("DELETE", "/applications(appId='{appId}')", delete),
    Route("GET", "/applications(uniqueName='{uniqueName}')", get),
    Route("PATCH", "/applications(uniqueName='{uniqueName}')", upsert),
    Route("DELETE", "/applications(uniqueName='{uniqueName}')", delete),
]

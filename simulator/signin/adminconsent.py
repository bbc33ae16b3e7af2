"""Admin consent: `/{tenant}/v2.0/adminconsent`, where an administrator accepts for the whole organisation.

learn.microsoft.com/entra/identity-platform/v2-admin-consent. Accepting makes the application's service principal
where it is another organisation's, grants every permission that its manifest declares (or the scopes that the link
names), and goes back to the application with `admin_consent=True`.
"""

from collections.abc import Iterator
from urllib.parse import urlencode

from simulator.core import Reply
from simulator.directory.first_party import GRAPH
from simulator.directory.roles import ROLES
from simulator.signin import access, clients, consent, journal, pages, people, scopes
from simulator.signin.clients import Client
from simulator.signin.errors import SignInError
from simulator.signin.grants import find_tenant
from simulator.signin.interactive import html
from simulator.signin.scopes import Wanted
from simulator.tenant import JSON, Tenant
from simulator.world import World

KEPT = ("client_id", "scope", "redirect_uri", "state")
GRANTERS = frozenset({ROLES["Global Administrator"], ROLES["Privileged Role Administrator"]})
"""Who may consent to application permissions of Graph; other administrators may consent to the rest."""


def page(world: World, tenant_name: str, given: dict[str, str], origin: str) -> Reply:
    """`GET`: says what is asked for, with a form to sign in."""
    fields = {name: given[name] for name in KEPT if name in given}
    try:
        tenant = _tenant(world, tenant_name, "")
        client = _client(tenant, fields)
        asked = sorted(_names(tenant, client, fields.get("scope", "")))
    except SignInError as fault:
        return html(pages.message("Permissions requested", str(fault)), 400)
    action = f"{origin}/{tenant_name}/v2.0/adminconsent"
    return html(pages.admin_consent(action, client.name, fields, asked))


def decide(world: World, tenant_name: str, form: dict[str, str], origin: str) -> Reply:
    """`POST` of that form: back to the application, with `admin_consent=True` or with the error."""
    fields = {name: form[name] for name in KEPT if name in form}
    try:
        tenant = _tenant(world, tenant_name, form.get("username", ""))
        client = _client(tenant, fields)
    except SignInError as fault:
        return html(pages.message("Permissions requested", str(fault)), 400)
    if form.get("decision") == "decline":
        return _back(fields, _told(SignInError(65004), error="access_denied"))
    try:
        names = _accept(world, tenant, client, fields.get("scope", ""), form)
    except SignInError as fault:
        if fault.code in (50126, 50034):  # a person may try again
            action = f"{origin}/{tenant_name}/v2.0/adminconsent"
            asked = sorted(_names(tenant, client, fields.get("scope", "")))
            return html(pages.admin_consent(action, client.name, fields, asked, wrong=str(fault)))
        return _back(fields, _told(fault))
    return _back(fields, {"admin_consent": "True", "tenant": tenant.id, "scope": " ".join(names)})


def _accept(world: World, tenant: Tenant, client: Client, scope: str, form: dict[str, str]) -> list[str]:
    """Signs the administrator in and grants; returns what was granted."""
    wanted = scopes.read(tenant, scope or "https://graph.microsoft.com/.default")
    attempt = access.Attempt(tenant, client, wanted, "browser", world.visitor)
    with journal.written(attempt) as line:
        line.person = person = people.find(tenant, form.get("username", ""))
        people.check_password(tenant, person, form.get("password", ""))
        line.judged = access.judged(attempt, person)
        access.pass_rules(attempt, person, line.judged)
        roles = consent.role_ids(tenant, person["id"])
        delegated, application = _wishes(tenant, client, wanted)
        needs_more = any(resource["appId"] == GRAPH for resource, _ in application)
        if not roles & consent.ADMINISTRATORS or (needs_more and not roles & GRANTERS):
            raise SignInError(90094)
        principal = consent.installed(tenant, client)
        for resource, names in delegated:
            consent.record(tenant, principal, resource, names, None)
        for resource, names in application:
            _assign(tenant, principal, resource, names)
    return sorted(name for _, names in [*delegated, *application] for name in names)


Wishes = list[tuple[JSON, frozenset[str]]]


def _wishes(tenant: Tenant, client: Client, wanted: Wanted) -> tuple[Wishes, Wishes]:
    """(delegated, application) permissions by resource: those of the scope, or all that the manifest declares."""
    if not wanted.default:
        return [(wanted.resource, wanted.names)], []
    delegated, application = [], []
    for resource, entries in consent.required(tenant, client):
        offered = {row["id"]: str(row["value"]) for row in resource.get("oauth2PermissionScopes") or []}
        roles = {row["id"]: str(row["value"]) for row in resource.get("appRoles") or []}
        named = [str(entry.get("id")) for entry in entries]
        delegated.append((resource, frozenset(offered[key] for key in named if key in offered)))
        application.append((resource, frozenset(roles[key] for key in named if key in roles)))
    return [pair for pair in delegated if pair[1]], [pair for pair in application if pair[1]]


def _assign(tenant: Tenant, principal: JSON, resource: JSON, names: frozenset[str]) -> None:
    """Application permissions that are not assigned yet."""
    ids = {str(row["value"]): row["id"] for row in resource.get("appRoles") or []}
    held = tenant.collection("appRoleAssignments").find("principalId", principal["id"])
    known = {row["appRoleId"] for row in held if row["resourceId"] == resource["id"]}
    ends = {"principalId": principal["id"], "resourceId": resource["id"]}
    missing = [ends | {"appRoleId": ids[name]} for name in sorted(names) if ids[name] not in known]
    tenant.seed({"appRoleAssignments": missing})


def _names(tenant: Tenant, client: Client, scope: str) -> Iterator[str]:
    wanted = scopes.read(tenant, scope or "https://graph.microsoft.com/.default")
    delegated, application = _wishes(tenant, client, wanted)
    for kind, pairs in (("delegated", delegated), ("application", application)):
        for resource, names in pairs:
            yield from (f"{resource.get('displayName')}: {name} ({kind})" for name in names)


def _tenant(world: World, name: str, user_name: str) -> Tenant:
    if name.lower() in people.SHARED_TENANTS and not user_name:
        return world.tenants[0]
    return find_tenant(world, name, user_name)


def _client(tenant: Tenant, fields: dict[str, str]) -> Client:
    """The application, once its redirect URI is found among those registered."""
    client = clients.find(tenant, fields.get("client_id", ""))
    redirect = fields.get("redirect_uri", "")
    if not any(clients.same_redirect(known, redirect) for known in clients.redirects(client)):
        raise SignInError(50011, name=redirect, app=client.app_id)
    return client


def _told(fault: SignInError, error: str = "") -> dict[str, str]:
    return {"error": error or fault.kind.error, "error_description": str(fault), "admin_consent": "True"}


def _back(fields: dict[str, str], answer: dict[str, str]) -> Reply:
    if "state" in fields:
        answer["state"] = fields["state"]
    target = fields.get("redirect_uri", "")
    mark = "&" if "?" in target else "?"
    return Reply(302, None, {"Location": f"{target}{mark}{urlencode(answer)}"}, "text/html; charset=utf-8")

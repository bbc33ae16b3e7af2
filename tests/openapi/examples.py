"""Microsoft's own examples of requests and answers, and what of a simulated tenant they presuppose."""

import copy
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote_plus

from simulator.directory.directory_roles import templates
from simulator.directory.organization import skus
from simulator.tenant import Tenant
from tests.openapi.check import property_names
from tests.openapi.spec import find, operations, path_of

JSON = dict[str, Any]
ID = "7d54e4a0-1c5a-4c5b-9a2f-0d0e6a3b1c2d"
_PLACEHOLDER = re.compile(r"\{[^}]*\}")
# segment after an object -> (collection of what it leads to, links that hold it together)
_LINKED = {
    "owners": ("users", {"applications": "owners", "servicePrincipals": "owners", "groups": "groupOwners"}),
    "members": ("users", {"groups": "groupMembers", "directoryRoles": "directoryRoleMembers"}),
}


@dataclass(frozen=True)
class Example:
    """One published example of a v1.0 operation; `name` is page and number."""

    name: str
    operation: str
    request: JSON
    response: JSON


def examples(documents: Iterable[JSON]) -> Iterator[Example]:
    """The v1.0 examples of described operations (pages as in `graph/examples.json`)."""
    for page in documents:
        for number, one in enumerate(page["examples"]):
            known = one.get("operation") in operations()
            if known and one.get("apiVersion", "v1.0") == "v1.0" and one.get("request"):
                name = f"{page['document'].rpartition('/')[2].removesuffix('.md')} {number}"
                yield Example(name, one["operation"], one["request"], one.get("response") or {})


@dataclass
class Prepared:
    """An example made concrete for one tenant: placeholders filled, what it speaks of seeded."""

    method: str
    url: str  # below the host: /v1.0/…
    headers: dict[str, str]
    body: Any


def prepare(example: Example, tenant: Tenant, me: JSON) -> Prepared:
    """Seeds the tenant with what the example speaks of; `me` is the person who signed in."""
    body = _filled(copy.deepcopy(example.request.get("body")))
    url = _PLACEHOLDER.sub(lambda _: _own(example.operation, tenant), example.request["url"])
    if "organization-id" in example.operation:
        url = f"/organization/{tenant.id}"
    path, _, query = url.partition("?")
    found = find(example.request["method"], path)
    params = found[1] if found is not None else {}
    shown = example.response.get("body")
    rows = shown.get("value", [shown]) if isinstance(shown, dict) else []
    seeds = _Seeds(tenant, me, example.operation, params)
    seeds.targets()
    seeds.located(body if isinstance(body, dict) else {})
    seeds.named_in(body if isinstance(body, dict) else {})
    if example.operation == "POST /roleManagement/directory/roleAssignments" and isinstance(body, dict):
        body["roleDefinitionId"] = templates()[0]["id"]  # the page's is of a tenant's own role
    groups = [row for row in rows if isinstance(row, str)] if example.operation.endswith("getMemberGroups") else []
    seeds.member_of(groups)
    if example.request["method"] == "GET":
        seeds.answered([row for row in rows if isinstance(row, dict)], query)
    headers = {name.lower(): value for name, value in example.request.get("headers", {}).items()}
    return Prepared(example.request["method"], f"/v1.0{path_of(path)}{'?' if query else ''}{query}", headers, body)


def _own(operation: str, tenant: Tenant) -> str:
    """What stands for a placeholder: an id of ours, or one of the things that every tenant has."""
    segment = operation.partition(" ")[2].split("/")[1]
    owned = {"subscribedSkus": skus(tenant), "directoryRoleTemplates": templates()}.get(segment, ())
    return str(next(iter(owned), {"id": ID})["id"])


def _filled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _filled(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner) for inner in value]
    return _PLACEHOLDER.sub(ID, value) if isinstance(value, str) else value


class _Seeds:
    """Puts into a tenant what one example takes for granted."""

    def __init__(self, tenant: Tenant, me: JSON, operation: str, params: dict[str, str]) -> None:
        self.tenant = tenant
        self.me = me
        self.template = operation.partition(" ")[2]
        self.segments = self.template.strip("/").split("/")
        self.params = params
        self.entity = operations()[operation].entity()

    def put(self, collection: str, **value: Any) -> str:
        """One object, if it is not there; its id."""
        if self.tenant.collection(collection).get(value["id"]) is None:
            self.tenant.seed({collection: [value]})
        return str(value["id"])

    def principal(self, identity: str, **more: Any) -> str:
        """A service principal that offers whatever role or scope is asked of it."""
        known = self.tenant.collection("servicePrincipals").get(identity) or {}
        told = {
            "isEnabled": True,
            "displayName": "r",
            "description": "d",
            "allowedMemberTypes": ["Application", "User"],
        }
        roles = [{"id": role, "value": f"Role.{n}", **told} for n, role in enumerate(more.pop("roles", ()))]
        whole = {"id": identity, "displayName": "Example", **known, "appRoles": roles, **more}
        self.tenant.seed({"servicePrincipals": [whole]})
        return identity

    def targets(self) -> None:
        """The objects that the path names."""
        makers = {
            "application-id": ("applications", {"displayName": "Example"}),
            "group-id": ("groups", {"displayName": "Example"}),
            "place-id": ("places", {}),
        }
        for name, (collection, more) in makers.items():
            if name in self.params and "@" not in self.params[name]:
                self.put(collection, id=self.params[name], **more)
        if "servicePrincipal-id" in self.params:
            self.principal(self.params["servicePrincipal-id"])
        user = self.params.get("user-id")
        if user not in (None, "me"):
            address = user if "@" in user else f"{user}@contoso.com"
            self.put("users", id=user, userPrincipalName=address, mail=address, displayName="Example")
        self._smaller_targets()

    def located(self, body: JSON) -> None:
        """The named location of the path, of the kind that the body speaks of."""
        if "namedLocation-id" in self.params:
            kind = body.get("@odata.type") or "#microsoft.graph.countryNamedLocation"
            location = {
                "@odata.type": kind,
                "displayName": "Example",
                "createdDateTime": None,
                "modifiedDateTime": None,
            }
            self.put("namedLocations", id=self.params["namedLocation-id"], **location)

    def _smaller_targets(self) -> None:
        whole = next((self.params[name] for name in self.params if name != "directoryObject-id"), ID)
        if "event-id" in self.params:
            self._event({"id": self.params["event-id"]})
        if "directoryObject-id" in self.params and self.segments[0] != "directory":
            part = self.put("users", id=self.params["directoryObject-id"], userPrincipalName="part@contoso.com")
            if self.segments[-1] == "$ref":
                self._link(self.segments[2], whole, part)
        if "appRoleAssignment-id" in self.params:
            ends = dict.fromkeys(("principalId", "resourceId"), whole)
            self.put("appRoleAssignments", id=self.params["appRoleAssignment-id"], appRoleId=ID, **ends)
        if "oAuth2PermissionGrant-id" in self.params:
            grant = self.params["oAuth2PermissionGrant-id"]
            self.put("oauth2PermissionGrants", id=grant, clientId=ID, resourceId=ID, scope="a")
        if "directoryRole-id" in self.params:
            self._role(self.params["directoryRole-id"])

    def _role(self, named: str) -> None:
        template = named.partition("=")[2] or ID
        self.put("directoryRoles", id=ID if "=" in named else named, roleTemplateId=template, displayName="Example")

    def _link(self, segment: str, whole: str, part: str) -> None:
        links = _LINKED[segment][1].get(self.segments[0], "")
        if links == "directoryRoleMembers":
            role = self.tenant.collection("directoryRoles").get(whole) or {}
            row = {"principalId": part, "roleDefinitionId": role.get("roleTemplateId") or whole.partition("=")[2]}
            self.tenant.seed({"roleAssignments": [row]})
        elif links:
            ends = {"owners": ("objectId", "ownerId"), "groupOwners": ("groupId", "ownerId")}
            first, second = ends.get(links, ("groupId", "memberId"))
            self.tenant.seed({links: [{first: whole, second: part}]})

    def named_in(self, body: JSON) -> None:
        """The objects that the body refers to."""
        reference = str(body.get("@odata.id", "")).rpartition("/")[2]
        if reference:
            self.put("users", id=reference, userPrincipalName="referred@contoso.com", mail="referred@contoso.com")
        if "resourceId" in body:
            self.principal(body["resourceId"], roles=[body["appRoleId"]] if "appRoleId" in body else ())
        for key in ("clientId", "principalId"):
            kept = "users" if body.get(key) in self.params.values() and "user-id" in self.params else None
            if body.get(key) and kept is None:
                self.principal(body[key]) if self.segments[0] != "roleManagement" else self._person(body[key])
        if self.template == "/servicePrincipals" and "appId" in body:
            self.put("applications", id=ID, appId=body["appId"], displayName="Example")
        if self.segments[-1] == "removePassword":
            collection, name = self.segments[0], next(iter(self.params.values()))
            whole = self.tenant.collection(collection).get(name) or {}
            self.tenant.seed({collection: [{**whole, "passwordCredentials": [{"keyId": body["keyId"]}]}]})

    def member_of(self, groups: list[str]) -> None:
        """Groups that the object of the path belongs to."""
        member = next((value for value in self.params.values() if value != "me"), self.me["id"])
        for group in groups:
            self.put("groups", id=group, displayName="Example", securityEnabled=True)
            self.tenant.seed({"groupMembers": [{"groupId": group, "memberId": member}]})

    def _person(self, identity: str) -> None:
        self.put("users", id=identity, userPrincipalName=f"{identity}@contoso.com", displayName="Example")

    def answered(self, rows: list[JSON], query: str) -> None:
        """The objects that the answer shows: after this the simulator can show them too."""
        for number, row in enumerate(rows):
            value = _meant({key: inner for key, inner in row.items() if self._known(key, row)})
            value |= _filtered(unquote_plus(query), self.entity)
            value["id"] = self._own_id(value, number, len(rows))
            self._answered(value, row, unquote_plus(query))

    def _known(self, key: str, row: JSON) -> bool:
        """Whether the metadata has the property: some pages show names that are no more."""
        kind = str(row.get("@odata.type") or self.entity or "").rpartition(".")[2]
        return key == "@odata.type" or not kind or key in property_names(kind)

    def _own_id(self, value: JSON, number: int, rows: int) -> str:
        last = self.segments[-1]
        if last.startswith("{") and rows == 1:
            return self.params[last[1:-1]]
        return str(value.get("id") or f"{ID[:-2]}{number:02}")

    def _answered(self, value: JSON, row: JSON, query: str) -> None:
        collection = next(
            (name for name in reversed(self.segments) if not name.startswith(("{", "microsoft.", "delta"))), ""
        )
        if collection in ("calendarView", "events", "instances"):
            self._event(value, query)
        elif collection in ("owners", "members"):
            self.tenant.seed({"users": [{"userPrincipalName": f"{value['id']}@contoso.com", **value}]})
            self._link(collection, next(iter(self.params.values())), value["id"])
        elif collection in ("memberOf", "transitiveMemberOf"):
            self.tenant.seed({"groups": [value]})
            self.tenant.seed({"groupMembers": [{"groupId": value["id"], "memberId": next(iter(self.params.values()))}]})
        elif collection in ("appRoleAssignments", "appRoleAssignedTo"):
            end = "resourceId" if collection == "appRoleAssignedTo" else "principalId"
            self.tenant.seed({"appRoleAssignments": [{**value, end: next(iter(self.params.values()))}]})
        elif collection == "deletedItems":
            kind = self.segments[-1] if self.segments[-1].startswith("microsoft.") else "microsoft.graph.group"
            now = {"deletedDateTime": self.tenant.stamp()}
            self.tenant.seed({"deletedItems": [{**value, **now, "@odata.type": f"#{kind}"}]})
        elif self.segments[-1] == "getMemberGroups":
            return
        elif collection == "policies" and "conditionalAccess" in self.segments:
            self.tenant.seed({"conditionalAccessPolicies": [value]})
        elif collection == "directoryObjects":
            self.tenant.seed({"users": [{**value, "userPrincipalName": "object@contoso.com"}]})
        elif collection not in ("calendar", "calendars", "identitySecurityDefaultsEnforcementPolicy", "$count"):
            self.tenant.seed({collection: [{**value, **_expanded(row)}]})

    def _event(self, value: JSON, query: str = "") -> None:
        """An event of the signed-in person; times that are placeholders are set into the window asked for."""
        asked = dict(part.partition("=")[::2] for part in query.split("&"))
        moment = _instant(asked.get("startDateTime", "2026-11-23T10:00:00"))
        times = {"start": {"dateTime": moment, "timeZone": "UTC"}, "end": {"dateTime": moment, "timeZone": "UTC"}}
        for side in ("start", "end"):
            if re.match(r"\d{4}-\d\d-\d\dT", str((value.get(side) or {}).get("dateTime"))):
                times[side] = value[side]
        owner = {"@owner": self.me["id"]}
        if self.segments[-1] == "instances" and value.get("seriesMasterId"):
            self._master(value, times)
            return
        blank = {"recurrence": None, "seriesMasterId": None} | value
        self.tenant.seed({"events": [{**blank, **times, **owner, "id": value["id"]}]})

    def _master(self, value: JSON, times: JSON) -> None:
        day = times["start"]["dateTime"][:10]
        limits = {"type": "noEnd", "startDate": day, "recurrenceTimeZone": times["start"]["timeZone"]}
        recurrence = {"pattern": {"type": "daily", "interval": 1}, "range": limits}
        master = {"id": self.params["event-id"], "@owner": self.me["id"], "subject": value.get("subject")}
        known = self.tenant.collection("events").get(self.params["event-id"])
        if known is None or not known.get("recurrence"):
            self.tenant.seed({"events": [{**master, **times, "recurrence": recurrence}]})


def _instant(text: str) -> str:
    moment = datetime.fromisoformat(re.sub(r"(\.\d{6})\d*", r"\1", text))
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() if moment.tzinfo else moment.isoformat()


_EQUAL = re.compile(r"^(\w+) eq (true|false|'[^']*')$")


def _filtered(query: str, entity: str | None) -> JSON:
    """What a plain filter asks of every row, so that a row that does not show it passes."""
    options = dict(part.partition("=")[::2] for part in query.split("&"))
    found = _EQUAL.match(options.get("$filter", ""))
    if found is None or entity is None:
        return {}
    text = found.group(2)
    return {found.group(1): text[1:-1] if text.startswith("'") else text == "true"}


def _expanded(row: JSON) -> JSON:
    """What an example shows expanded is a relationship, not a property."""
    return {} if "principal" not in row else {"principalId": row["principal"].get("id", ID)}


def _meant(value: Any) -> Any:
    """Without placeholders such as `datetime-value`, at any depth."""
    if isinstance(value, dict):
        return {key: _meant(inner) for key, inner in value.items() if not _placeholder(inner)}
    if isinstance(value, list):
        return [_meant(inner) for inner in value if not _placeholder(inner)]
    return value


def _placeholder(value: Any) -> bool:
    return isinstance(value, str) and value.endswith("-value")

"""What the door shows, compared with what shall be: every difference as a sentence, and nothing else changed."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.provision.sweep.expected import EVERYBODY, FEDERATED
from tests.provision.sweep.ground import NAME, Ground

JSON = dict[str, Any]
GRAPH = "00000003-0000-0000-c000-000000000000"
COLLECTIONS = (
    "administrativeUnitMembers",
    "administrativeUnits",
    "appManagementPolicies",
    "appManagementPolicyAssignments",
    "applications",
    "appRoleAssignments",
    "authenticationStrengthPolicies",
    "authorizationPolicy",
    "conditionalAccessPolicies",
    "defaultAppManagementPolicy",
    "deletedItems",
    "directoryRoles",
    "federatedIdentityCredentials",
    "groupMembers",
    "groupOwners",
    "groups",
    "identitySecurityDefaultsEnforcementPolicy",
    "namedLocations",
    "oauth2PermissionGrants",
    "organization",
    "owners",
    "perUserMfaStates",
    "roleAssignments",
    "servicePrincipals",
    "users",
    "vendorApplications",
)
"""Everything in a tenant that a provisioning run could change."""
State = dict[str, dict[str, JSON]]


def state(ground: Ground) -> State:
    """All of it, by collection and id."""
    return {name: {row["id"]: row for row in ground.tenant.state(name)} for name in COLLECTIONS}


def differences(ground: Ground, before: State) -> list[str]:
    """Where tenant, store and integration file are not exactly as the variant asks; empty where all is well."""
    return list(_Comparison(ground, before).run())


class _Comparison:
    """One comparison; `mine` notes what may have changed, by collection."""

    def __init__(self, ground: Ground, before: State) -> None:
        self.ground, self.before = ground, before
        self.now, self.wish = state(ground), ground.expected()
        self.mine: dict[str, set[str]] = {name: set() for name in COLLECTIONS}
        graph = next(p for p in self.now["servicePrincipals"].values() if p["appId"] == GRAPH)
        self.graph_id = graph["id"]
        self.names = {role["id"]: ("application", role["value"]) for role in graph["appRoles"]}
        self.names |= {scope["id"]: ("delegated", scope["value"]) for scope in graph["oauth2PermissionScopes"]}

    def run(self) -> Iterator[str]:
        app = None
        if self.wish.vendor_app:
            principal = yield from self._one("servicePrincipals", "appId", self.wish.vendor_app)
        else:
            app = yield from self._one("applications", "uniqueName", f"tenantry-{NAME}")
            principal = (yield from self._one("servicePrincipals", "appId", app["appId"])) if app else None
        if app is not None:
            yield from self._application(app)
            yield from self._credential(app)
        if principal is not None:
            yield from self._grants(principal)
        accounts = yield from self._users()
        yield from self._delegated(principal, accounts)
        yield from self._file(app, principal)
        yield from self._untouched()

    def _one(self, collection: str, key: str, value: str) -> Any:
        """The one object with that value; a generator that yields what is wrong and returns it."""
        found = [row for row in self.now[collection].values() if row.get(key) == value]
        self.mine[collection] |= {row["id"] for row in found}
        if len(found) != 1:
            yield f"{len(found)} {collection} with {key} {value}, not one"
        return found[0] if found else None

    def _application(self, app: JSON) -> Iterator[str]:
        declared = {
            (self.names.get(entry["id"], ("?", entry["id"])), entry["type"])
            for api in app["requiredResourceAccess"]
            for entry in api["resourceAccess"]
        }
        kinds = {"application": "Role", "delegated": "Scope"}
        yield from _same("manifest", declared, {(one, kinds[one[0]]) for one in self.wish.permissions})
        yield from _same("displayName", app["displayName"], self.wish.display_name)
        yield from _same("signInAudience", app["signInAudience"], "AzureADMyOrg")
        client = app.get("publicClient") or {}
        yield from _same("redirects", frozenset(client.get("redirectUris") or ()), self.wish.redirects)
        for platform in ("web", "spa"):
            yield from _same(f"{platform} redirects", (app.get(platform) or {}).get("redirectUris") or [], [])
        lock = app.get("servicePrincipalLockConfiguration") or {}
        yield from _same("lock", (bool(lock.get("isEnabled")), bool(lock.get("allProperties"))), (self.wish.lock,) * 2)
        links = [row for row in self.now["owners"].values() if row["objectId"] == app["id"]]
        self.mine["owners"] |= {row["id"] for row in links}
        names = [self.now["users"].get(row["ownerId"], {}).get("userPrincipalName") for row in links]
        yield from _same("owners", names, [self.ground.tenant.ready["operator"]["userPrincipalName"]])

    def _credential(self, app: JSON) -> Iterator[str]:
        kind = self.wish.credential
        there = [("secret", c) for c in app["passwordCredentials"]]
        there += [("certificate", c) for c in app["keyCredentials"]]
        federated = [f for f in self.now["federatedIdentityCredentials"].values() if f["applicationId"] == app["id"]]
        self.mine["federatedIdentityCredentials"] |= {row["id"] for row in federated}
        yield from _same("federated credentials", len(federated), int(kind == "federated"))
        for row in federated:
            given = {"issuer": row["issuer"], "subject": row["subject"], "audience": row["audiences"][0]}
            yield from _same("trust", given, FEDERATED)
        yield from _same("credentials", [k for k, _ in there], [kind] if kind in ("secret", "certificate") else [])
        if len(there) == 1:
            (found,) = there
            held = json.loads((self.ground.root / "secrets" / NAME).read_text(encoding="utf-8"))
            yield from _same("the stored credential", (held["kind"], held["id"]), (found[0], found[1]["keyId"]))
            days = (_time(found[1]["endDateTime"]) - _time(found[1]["startDateTime"])).total_seconds() / 86400
            if not self.wish.days - 1 < days <= self.wish.days + 0.1:
                yield f"the credential lives {days:.1f} days, not {self.wish.days}"
            if self.wish.description not in (found[1].get("displayName") or ""):
                yield f"the credential is called {found[1].get('displayName')!r}"

    def _grants(self, principal: JSON) -> Iterator[str]:
        rows = [g for g in self.now["appRoleAssignments"].values() if g["principalId"] == principal["id"]]
        self.mine["appRoleAssignments"] |= {row["id"] for row in rows}
        granted = sorted(str(self.names.get(row["appRoleId"], row["appRoleId"])) for row in rows)
        yield from _same("role grants", granted, sorted(str(p) for p in self.wish.permissions if p[0] == "application"))
        self.mine["owners"] |= {row["id"] for row in self.now["owners"].values() if row["objectId"] == principal["id"]}

    def _users(self) -> Any:
        """Accounts, group and exclusions; returns the ids of those who work, by name."""
        marked = [u for u in self.now["users"].values() if str(u.get("jobTitle") or "").startswith("tenantry:")]
        self.mine["users"] |= {row["id"] for row in marked}
        yield from _same("accounts made", sorted(u["userPrincipalName"] for u in marked), sorted(self.wish.made))
        accounts = {u["userPrincipalName"]: u["id"] for u in self.now["users"].values()}
        there = [u for u in self.now["users"].values() if u["userPrincipalName"] in self.wish.members]
        if self.wish.reset:
            yield from self._reset([user for user in there if user not in marked])
        for user in there if self.wish.reset else marked:
            yield from self._password(user)
        groups = [g for g in self.now["groups"].values() if g.get("uniqueName") == f"tenantry-{NAME}-users"]
        self.mine["groups"] |= {row["id"] for row in groups}
        yield from _same("groups", [g["displayName"] for g in groups], [self.wish.group] if self.wish.group else [])
        ids = {row["id"] for row in groups}
        members = [row for row in self.now["groupMembers"].values() if row["groupId"] in ids]
        self.mine["groupMembers"] |= {row["id"] for row in members}
        wanted = sorted(accounts.get(name, name) for name in self.wish.members)
        yield from _same("members", sorted(row["memberId"] for row in members), wanted)
        yield from self._exclusions(ids)
        return accounts

    def _password(self, user: JSON) -> Iterator[str]:
        folder = "secrets" if self.wish.credential else "secrets/contoso"
        path = self.ground.root / folder / f"{NAME}.{user['userPrincipalName']}"
        held = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        yield from _same("password", held.get("secret"), user["passwordProfile"]["password"])
        yield from _same("whose password", held.get("id"), user["id"])

    def _reset(self, users: list[JSON]) -> Iterator[str]:
        """Accounts that were there have a new password, and are else as they were."""
        changed = {"passwordProfile": None, "lastPasswordChangeDateTime": None}
        for user in users:
            self.mine["users"].add(user["id"])
            was = self.before["users"].get(user["id"], {})
            yield from _same(f"the rest of {user['userPrincipalName']}", {**user, **changed}, {**was, **changed})

    def _exclusions(self, groups: set[str]) -> Iterator[str]:
        """Our group stands in the named policies' exclusions once; the policies are else as they were."""
        for policy in self.now["conditionalAccessPolicies"].values():
            was = self.before["conditionalAccessPolicies"].get(policy["id"])
            if was is None:
                continue
            wanted = list(was["conditions"]["users"].get("excludeGroups") or [])
            if policy["displayName"] in self.wish.excluded_from:
                self.mine["conditionalAccessPolicies"].add(policy["id"])
                wanted += sorted(groups)
            given = policy["conditions"]["users"].get("excludeGroups") or []
            yield from _same(f"exclusions of {policy['displayName']}", given, wanted)
            yield from _same(
                f"the rest of {policy['displayName']}", _without_exclusions(policy), _without_exclusions(was)
            )

    def _delegated(self, principal: JSON | None, accounts: dict[str, str]) -> Iterator[str]:
        rows = [
            g for g in self.now["oauth2PermissionGrants"].values() if principal and g["clientId"] == principal["id"]
        ]
        self.mine["oauth2PermissionGrants"] |= {row["id"] for row in rows}
        granted = {row["principalId"] or EVERYBODY: frozenset(row["scope"].split()) for row in rows}
        wanted = {accounts.get(whom, whom): scopes for whom, scopes in self.wish.delegated.items()}
        yield from _same("delegated grants", granted, wanted)
        yield from _same("number of delegated grants", len(rows), len(wanted))

    def _file(self, app: JSON | None, principal: JSON | None) -> Iterator[str]:
        path: Path = self.ground.root / "integrations" / "contoso" / f"{NAME}.json"
        if not path.is_file():
            yield "there is no integration file"
            return
        file = json.loads(path.read_text(encoding="utf-8"))
        if app is not None and principal is not None:
            ids = (file["app"]["appId"], file["app"]["objectId"], file["app"]["servicePrincipalId"])
            yield from _same("ids in the file", ids, (app["appId"], app["id"], principal["id"]))
        names = sorted(user["userPrincipalName"] for user in file["integration_users"])
        yield from _same("users in the file", names, sorted(self.wish.members))
        granted = {(p["type"], p["name"]) for p in file["permissions"]["granted"]}
        scopes = {("delegated", scope) for scopes in self.wish.delegated.values() for scope in scopes}
        roles = {p for p in self.wish.permissions if p[0] == "application"}
        yield from _same("granted in the file", granted, roles | scopes)
        credential = file["credential"]["kind"] if file["credential"] else ""
        yield from _same("credential in the file", credential, self.wish.credential)

    def _untouched(self) -> Iterator[str]:
        """Nothing else was made, changed or removed; sign-ins leave their own traces elsewhere."""
        for name, rows in self.now.items():
            was = self.before[name]
            for key in (rows.keys() | was.keys()) - self.mine[name]:
                if rows.get(key) != was.get(key):
                    yield f"{name} {key} is not as it was: {_short(was.get(key))} is now {_short(rows.get(key))}"


def _without_exclusions(policy: JSON) -> JSON:
    users = {**policy["conditions"]["users"], "excludeGroups": []}
    return {**policy, "conditions": {**policy["conditions"], "users": users}, "modifiedDateTime": None}


def _same(what: str, given: Any, wanted: Any) -> Iterator[str]:
    if given != wanted:
        yield f"{what}: {given!r} instead of {wanted!r}"


def _short(row: JSON | None) -> str:
    return "nothing" if row is None else json.dumps(row)[:200]


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)

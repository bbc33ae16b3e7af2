"""What others put on our app, its grants, its group and the policies: told as drift, and alive after every command."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.provision.sweep.ground import NAME, Ground
from tests.provision.sweep.state import GRAPH
from tests.provision.sweep.variants import BLOCK, MFA, Variant
from tests.tenant import SimulatedTenant, simulated

JSON = dict[str, Any]
CERTIFICATE, SECRET = "11111111-0000-4000-8000-000000000001", "11111111-0000-4000-8000-000000000002"
REDIRECT = "https://others.example/callback"
TAG = "owned-by:others"
WANTED = Variant("telia-presence", {"integration_users": 2, "exclude_from": [MFA]}, kind="secret")
pytestmark = pytest.mark.slow


class Others:
    """What other people added, and how to see that it is still there."""

    def __init__(self, ground: Ground) -> None:
        self.ground, tenant = ground, ground.tenant
        self.users = [u for u in tenant.state("users") if u.get("mail") and u["userPrincipalName"] != ground.domain][:4]
        self.app = self._app()
        self.principal = self._of("servicePrincipals", "appId", self.app["appId"])
        self.graph = self._of("servicePrincipals", "appId", GRAPH)
        self.roles = {r["value"]: r["id"] for r in self.graph["appRoles"]}
        self.scopes = {s["value"]: s["id"] for s in self.graph["oauth2PermissionScopes"]}
        self.group = self._of("groups", "uniqueName", f"tenantry-{NAME}-users")

    def put(self) -> None:
        """Something of others everywhere."""
        tenant, key = self.ground.tenant, {"resourceId": self.graph["id"]}
        grant = self._of("oauth2PermissionGrants", "clientId", self.principal["id"])
        access = [*self.app["requiredResourceAccess"]]
        access[0] = {**access[0], "resourceAccess": [*access[0]["resourceAccess"], self._entry("Mail.Read")]}
        policies = [self._excluding(name) for name in (MFA, BLOCK)]
        tenant.seed(
            applications=[
                {
                    "id": self.app["id"],
                    "keyCredentials": [{"keyId": CERTIFICATE, "type": "AsymmetricX509Cert", "usage": "Verify",
                                        "displayName": "theirs", "endDateTime": "2030-01-01T00:00:00Z"}],
                    "passwordCredentials": [*self.app["passwordCredentials"],
                                            {"keyId": SECRET, "displayName": "theirs", "hint": "abc",
                                             "endDateTime": "2030-01-01T00:00:00Z"}],
                    "publicClient": {"redirectUris": [REDIRECT]},
                    "tags": [*self.app["tags"], TAG],
                    "requiredResourceAccess": access,
                }
            ],
            oauth2PermissionGrants=[
                {**grant, "scope": f"{grant['scope']} Calendars.Read"},
                {"clientId": self.principal["id"], "consentType": "Principal", "principalId": self.users[1]["id"],
                 "scope": "Mail.Read", **key},
            ],
            appRoleAssignments=[{"principalId": self.principal["id"], "appRoleId": self.roles["Mail.Read"], **key}],
            owners=[{"objectId": self.app["id"], "ownerId": self.users[0]["id"]}],
            groupMembers=[{"groupId": self.group["id"], "memberId": self.users[2]["id"]}],
            conditionalAccessPolicies=policies,
        )  # fmt: skip

    def missing(self) -> list[str]:
        """What of it is gone."""
        app, tenant = self._app(), self.ground.tenant
        grants = [g for g in tenant.state("oauth2PermissionGrants") if g["clientId"] == self.principal["id"]]
        declared = {e["id"] for api in app["requiredResourceAccess"] for e in api["resourceAccess"]}
        scopes = {(g["principalId"], scope) for g in grants for scope in g["scope"].split()}
        there = {
            "certificate": CERTIFICATE in {c["keyId"] for c in app["keyCredentials"]},
            "secret": SECRET in {c["keyId"] for c in app["passwordCredentials"]},
            "redirect": REDIRECT in app["publicClient"]["redirectUris"],
            "tag": TAG in app["tags"],
            "manifest": self.roles["Mail.Read"] in declared,
            "scope": (None, "Calendars.Read") in scopes,
            "grant of a person": (self.users[1]["id"], "Mail.Read") in scopes,
            "role grant": self.roles["Mail.Read"] in self._granted(),
            "owner": self.users[0]["id"]
            in {o["ownerId"] for o in tenant.state("owners") if o["objectId"] == app["id"]},
        }
        return [what for what, is_there in {**there, **self.beside()}.items() if not is_there]

    def beside(self) -> dict[str, bool]:
        """What does not hang on the app: it must outlive even that."""
        members = {m["memberId"] for m in self.ground.tenant.state("groupMembers") if m["groupId"] == self.group["id"]}
        return {
            "member": self.users[2]["id"] in members,
            **{f"exclusion of {name}": self.users[3]["id"] in self._excluded(name) for name in (MFA, BLOCK)},
        }

    def _app(self) -> JSON:
        return self._of("applications", "uniqueName", f"tenantry-{NAME}")

    def _of(self, collection: str, key: str, value: str) -> JSON:
        return next(row for row in self.ground.tenant.state(collection) if row.get(key) == value)

    def _entry(self, role: str) -> JSON:
        return {"id": self.roles[role], "type": "Role"}

    def _granted(self) -> set[str]:
        rows = self.ground.tenant.state("appRoleAssignments")
        return {row["appRoleId"] for row in rows if row["principalId"] == self.principal["id"]}

    def _excluding(self, name: str) -> JSON:
        policy = self._of("conditionalAccessPolicies", "displayName", name)
        users = policy["conditions"]["users"]
        more = {**users, "excludeUsers": [*(users.get("excludeUsers") or ()), self.users[3]["id"]]}
        return {**policy, "conditions": {**policy["conditions"], "users": more}}

    def _excluded(self, name: str) -> list[str]:
        policy = self._of("conditionalAccessPolicies", "displayName", name)
        found: list[str] = policy["conditions"]["users"]["excludeUsers"]
        return found


@pytest.fixture(scope="module")
def tenant() -> Iterator[SimulatedTenant]:
    with simulated(users=20, seed=23, start="2026-11-23T07:00:00Z") as simulator:
        yield simulator


@pytest.fixture(scope="module")
def others(tenant: SimulatedTenant, tmp_path_factory: pytest.TempPathFactory) -> Others:
    """A provisioned tenant in which others have been at work."""
    ground = Ground(tmp_path_factory.mktemp("foreign") / "work", tenant, WANTED)
    done = ground.run("apply", "--yes")
    assert done.code == 0, done.err
    made = Others(ground)
    made.put()
    assert made.missing() == []
    return made


def push(ground: Ground) -> None:
    """Another wish, so that the next apply writes to manifest and grants."""
    path = ground.root / "tenantry.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("[tenant.integration.options]\n", "[tenant.integration.options]\npush_line_state = true\n")
    )


def a_scope_gone(ground: Ground) -> None:
    """Our own scope and manifest entry are taken away by somebody, so that they must be merged in again."""
    app = next(a for a in ground.tenant.state("applications") if a.get("uniqueName") == f"tenantry-{NAME}")
    access = app["requiredResourceAccess"]
    access[0]["resourceAccess"] = access[0]["resourceAccess"][1:]
    principal = next(p for p in ground.tenant.state("servicePrincipals") if p["appId"] == app["appId"])
    grants = [
        {**g, "scope": g["scope"].replace("Presence.Read.All", "").strip()}
        for g in ground.tenant.state("oauth2PermissionGrants")
        if g["clientId"] == principal["id"] and g["principalId"] is None
    ]
    ground.tenant.seed(
        applications=[{"id": app["id"], "requiredResourceAccess": access}], oauth2PermissionGrants=grants
    )


def test_it_is_told_as_drift(others: Others) -> None:
    said = others.ground.run("plan").out
    for what in (
        "Mail.Read",
        "Calendars.Read",
        "theirs",
        REDIRECT,
        others.users[0]["id"],
        others.users[2]["userPrincipalName"],
    ):
        assert what in said, said
    assert "nothing to do" in said


STEPS: list[tuple[str, Callable[[Ground], None] | None, tuple[str, ...]]] = [
    ("apply", None, ("apply", "--yes")),
    ("apply that merges", a_scope_gone, ("apply", "--yes")),
    ("undo of that", None, ("undo", "--yes")),
    ("apply again", None, ("apply", "--yes")),
    ("apply of another wish", push, ("apply", "--yes")),
    ("undo of that wish", None, ("undo", "--yes")),
    ("rotate", None, ("rotate", "--yes")),
    ("retire", None, ("retire", "--yes", "--now")),
    ("emit", None, ("emit",)),
    ("verify", None, ("verify",)),
    ("handover", None, ("handover", "--out", "{root}/sheets")),
]


@pytest.mark.parametrize(("prepare", "args"), [step[1:] for step in STEPS], ids=[step[0] for step in STEPS])
def test_it_survives(others: Others, prepare: Callable[[Ground], None] | None, args: tuple[str, ...]) -> None:
    if prepare is not None:
        prepare(others.ground)
    done = others.ground.run(*(arg.replace("{root}", str(others.ground.root)) for arg in args))
    assert done.code in (0, 3), done.err
    assert others.missing() == []


def test_it_survives_destroy_where_it_does_not_hang_on_our_app(others: Others) -> None:
    done = others.ground.run("destroy", "--yes")
    assert done.code == 0, done.err
    assert [what for what, there in others.beside().items() if not there] == []

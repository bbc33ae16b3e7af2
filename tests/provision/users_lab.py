"""A workspace whose integration has integration users, and their end state as the door shows it."""

import json
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.provision.lab import Lab
from tests.tenant import SimulatedTenant

JSON = dict[str, Any]
KEY = "tenantry-telia-users"
MFA = "Require MFA"


@dataclass
class UsersLab(Lab):
    """Lab with telia-presence; `options` is the inside of its table, `people` the CSV of listed people."""

    options: str = ""
    people: str = '"all"'
    profile: str = "telia-presence"
    more: str = ""

    def integration(self, name: str) -> str:
        """One integration's table."""
        return f"""
[[tenant.integration]]
name = "{name}"
profile = "{self.profile}"
people = {self.people}
owners = ["{self.tenant.ready["operator"]["userPrincipalName"]}"]
mailboxes = {{ all = true }}
time_zone = "Europe/Stockholm"
options = {{ {self.options} }}
{self.more or self.credential(name)}
"""

    @staticmethod
    def credential(name: str) -> str:
        """Where the app's secret lies."""
        return (
            f'[tenant.integration.credential]\nkind = "secret"\nstore = {{ kind = "file", path = "secrets/{name}" }}\n'
        )

    def say(self, **changed: str) -> None:
        """Writes tenantry.toml anew with other options, people, profile or credential."""
        for name, value in changed.items():
            setattr(self, name, value)
        (self.root / "tenantry.toml").write_text(self.toml(), encoding="utf-8")

    def list_people(self, count: int) -> None:
        """A CSV file of so many people."""
        lines = ["address", *(f"person{n:05}@{self.tenant.ready['domain']}" for n in range(count))]
        (self.root / "people.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.say(people='"people.csv"')

    def upn(self, number: int = 1, name: str = "telia") -> str:
        """The name of one of the accounts that we make."""
        return f"{name}-presence-{number}@{self.tenant.ready['domain']}"

    def password(self, upn: str, name: str = "telia") -> JSON:
        """What the store holds for a user."""
        held: JSON = json.loads((self.root / "secrets" / f"{name}.{upn}").read_text(encoding="utf-8"))
        return held

    def users(self, target: str = "contoso/telia") -> list[JSON]:
        """The accounts of the tenant that we made for this integration."""
        return [user for user in self.tenant.state("users") if user.get("jobTitle") == f"tenantry:{target}"]

    def groups(self, key: str = KEY) -> list[JSON]:
        """The groups under our key."""
        return [group for group in self.tenant.state("groups") if group.get("uniqueName") == key]

    def members(self, group: str) -> list[str]:
        """The ids of a group's members."""
        return sorted(row["memberId"] for row in self.tenant.state("groupMembers") if row["groupId"] == group)

    def policy(self, name: str = MFA) -> JSON:
        """A Conditional Access policy by name."""
        return next(p for p in self.tenant.state("conditionalAccessPolicies") if p["displayName"] == name)

    def excluded(self, name: str = MFA) -> list[str]:
        """The groups that it excludes."""
        found: list[str] = self.policy(name)["conditions"]["users"]["excludeGroups"]
        return found

    def file(self, name: str = "telia") -> JSON:
        """The integration file."""
        path = self.root / "integrations" / "contoso" / f"{name}.json"
        found: JSON = json.loads(path.read_text(encoding="utf-8"))
        return found


def mfa_policy(tenant: SimulatedTenant, *, name: str = MFA, exclude: list[str] | None = None, **users: Any) -> JSON:
    """Seeds an enforced policy that asks everybody for a second factor; returns it."""
    policy = {
        "id": f"00000000-0000-4000-8000-{zlib.crc32(name.encode()):012}",
        "displayName": name,
        "state": "enabled",
        "conditions": {
            "clientAppTypes": ["all"],
            "applications": {"includeApplications": ["All"]},
            "users": {"includeUsers": ["All"], "excludeGroups": exclude or [], **users},
        },
        "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
    }
    tenant.seed(conditionalAccessPolicies=[policy])
    return policy


def group(tenant: SimulatedTenant, name: str, *, members: list[str] | None = None, owner: str = "") -> str:
    """Seeds a group of somebody else's; returns its id."""
    key = f"00000000-0000-4000-9000-{zlib.crc32(name.encode()):012}"
    one = {"id": key, "displayName": name, "mailEnabled": False, "mailNickname": "x", "securityEnabled": True}
    tenant.seed(groups=[one])
    for member in members or ():
        tenant.seed(groupMembers=[{"groupId": key, "memberId": member}])
    if owner:
        tenant.seed(groupOwners=[{"groupId": key, "ownerId": owner}])
    return key


def users_as_they_should_be(lab: UsersLab, count: int = 1, policies: tuple[str, ...] = ()) -> None:
    """One set of users, one group with exactly them, excluded where asked, every password known and right."""
    users = {user["userPrincipalName"]: user for user in lab.users()}
    assert sorted(users) == sorted(lab.upn(n) for n in range(1, count + 1))
    for upn, user in users.items():
        held = lab.password(upn)
        assert held["id"] == user["id"]
        assert held["secret"] == user["passwordProfile"]["password"]
        assert user["passwordProfile"]["forceChangePasswordNextSignIn"] is False
        assert user["accountEnabled"] is True
    (ours,) = lab.groups()
    assert lab.members(ours["id"]) == sorted(user["id"] for user in users.values())
    for name in policies:
        assert lab.excluded(name).count(ours["id"]) == 1
    emitted = lab.file()["integration_users"]
    assert {one["userPrincipalName"]: one["id"] for one in emitted} == {upn: u["id"] for upn, u in users.items()}


def passwords_of(root: Path) -> list[str]:
    """Every password of a user in the file store."""
    return [json.loads(path.read_text(encoding="utf-8"))["secret"] for path in (root / "secrets").glob("*@*")]

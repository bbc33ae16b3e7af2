"""Must-show 4: one thing at a time is broken in a tenant that is as it should be; verify names the link and the fix."""

# ruff: noqa: E501 (the table of faults reads best in lines)

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.openapi.log import check_log, report
from tests.provision import planted
from tests.provision.lab import Lab
from tests.tenant import simulated

TOUCHED = (
    "applications",
    "servicePrincipals",
    "appRoleAssignments",
    "oauth2PermissionGrants",
    "applicationAccessPolicies",
    "groups",
    "groupMembers",
    "deletedItems",
)
Plant = Callable[[Lab], object]
APPLY = "tenantry provision apply contoso/telia"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A provisioned tenant whose app an access policy keeps to its group: every link holds."""
    with simulated(users=30, seed=21) as tenant:
        lab = Lab(tmp_path_factory.mktemp("planted") / "work", tenant)
        lab.json("apply", "--yes")
        planted.restrict(lab, "switchboard@" + tenant.ready["domain"])
        yield lab
        problems, _ = check_log(tenant.requests(bodies=True))
        assert not problems, report(problems)


@contextmanager
def restored(lab: Lab) -> Iterator[None]:
    """Puts tenant and workspace back as they were."""
    state = {name: lab.tenant.state(name) for name in (*TOUCHED, "users")}
    kept = lab.root.parent / "kept"
    shutil.copytree(lab.root, kept)
    try:
        yield
    finally:
        for name in TOUCHED:
            lab.tenant.delete(f"/state/{name}")
        lab.tenant.seed(**{name: rows for name, rows in state.items() if rows})
        shutil.rmtree(lab.root)
        shutil.move(kept, lab.root)


def links(lab: Lab, *, expect: int = 3) -> dict[str, Any]:
    """What verify says, by link."""
    return {link["link"]: link for link in lab.json("verify", expect=expect)[0]["links"]}


def first(found: dict[str, Any]) -> str:
    """The first broken link."""
    return next((name for name, link in found.items() if link["ok"] is False), "")


def test_nothing_is_broken_at_first(whole: Lab) -> None:
    found = links(whole, expect=0)
    assert {name: link["ok"] for name, link in found.items()} == dict.fromkeys(found, True)


def secret_id(lab: Lab) -> None:
    planted.store(lab, secret=lab.stored()["id"])


def wrong_secret(lab: Lab) -> None:
    planted.store(lab, secret="this is not the value that Microsoft made")


def expired(lab: Lab) -> None:
    ours = planted.app(lab)
    for entry in ours["passwordCredentials"]:
        entry["endDateTime"] = "2020-01-01T00:00:00Z"
    lab.tenant.seed(applications=[ours])


def secret_removed(lab: Lab) -> None:
    lab.tenant.seed(applications=[{**planted.app(lab), "passwordCredentials": []}])


def empty_store(lab: Lab) -> None:
    (lab.root / "secrets" / "telia").unlink()


def garbage_in_store(lab: Lab) -> None:
    (lab.root / "secrets" / "telia").write_text("{not json", encoding="utf-8")


def disabled(lab: Lab) -> None:
    lab.tenant.seed(servicePrincipals=[{**planted.principal(lab), "accountEnabled": False}])


def no_principal(lab: Lab) -> None:
    gone = planted.principal(lab)["id"]
    planted.only(lab, "servicePrincipals", lambda row: row["id"] != gone)


def deleted(lab: Lab) -> None:
    gone = planted.app(lab)["id"]
    planted.only(lab, "applications", lambda row: row["id"] != gone)
    no_app = planted.GRAPH
    planted.only(lab, "servicePrincipals", lambda row: row["appId"] == no_app or "tenantry" not in row["tags"])


def user_read(lab: Lab) -> None:
    ours = planted.app(lab)
    scope = next(s["id"] for s in planted.graph(lab)["oauth2PermissionScopes"] if s["value"] == "User.Read")
    ours["requiredResourceAccess"][0]["resourceAccess"].append({"id": scope, "type": "Scope"})
    lab.tenant.seed(applications=[ours])


def no_policy(lab: Lab) -> None:
    lab.tenant.delete("/state/applicationAccessPolicies")


def wider_policy(lab: Lab) -> None:
    planted.restrict(lab, "everyone@" + lab.tenant.ready["domain"])


def other_group(lab: Lab) -> None:
    no_policy(lab)
    planted.restrict(lab, "reception-night@" + lab.tenant.ready["domain"])


def nobody(lab: Lab) -> None:
    no_policy(lab)
    planted.restrict(lab, "an-empty-group")


def denied_some(lab: Lab) -> None:
    member = next(
        m for m in lab.tenant.state("groupMembers") if m["groupId"] == planted.group_of(lab, "switchboard")["id"]
    )
    planted.restrict(lab, member["memberId"], "DenyAccess")


def group_gone(lab: Lab) -> None:
    planted.workspace(lab, "switchboard@", "switchbored@")


def nobody_in_group(lab: Lab) -> None:
    group = planted.group_of(lab, "switchboard")["id"]
    planted.only(lab, "groupMembers", lambda row: row["groupId"] != group)


def no_addresses(lab: Lab) -> None:
    lab.tenant.seed(users=[{**user, "mail": None} for user in lab.tenant.state("users")])


def people(lab: Lab, *addresses: str) -> None:
    (lab.root / "people.csv").write_text("address\n" + "\n".join(addresses) + "\n", encoding="utf-8")
    planted.workspace(lab, 'time_zone = "Europe/Stockholm"', 'time_zone = "Europe/Stockholm"\npeople = "people.csv"')


def member(lab: Lab) -> dict[str, Any]:
    """An active person inside the scope."""
    group = planted.group_of(lab, "switchboard")["id"]
    ids = {m["memberId"] for m in lab.tenant.state("groupMembers") if m["groupId"] == group}
    return next(u for u in lab.tenant.state("users") if u["id"] in ids and u["mail"] and u["accountEnabled"])


def unmatched(lab: Lab) -> None:
    people(lab, member(lab)["mail"], "nobody@contoso.example")


def aliases_only(lab: Lab) -> None:
    people(lab, "anna.alias@contoso.example", "bo.alias@contoso.example")


def duplicate(lab: Lab) -> None:
    one = member(lab)
    other = next(u for u in lab.tenant.state("users") if u["id"] != one["id"] and u["accountEnabled"] and u["mail"])
    lab.tenant.seed(users=[{**other, "mail": one["mail"]}])


def sink(lab: Lab, text: str) -> None:
    path = lab.root / "tenantry.toml"
    path.write_text(path.read_text(encoding="utf-8") + f"\n[[tenant.integration.sink]]\n{text}\n", encoding="utf-8")


def webhook_down(lab: Lab) -> None:
    (lab.root / "secrets" / "hook").write_text("whsec_" + "QUJD" * 10, encoding="utf-8")
    sink(lab, 'kind = "webhook"\nurl = "http://127.0.0.1:9/hook"\nsecret = { kind = "file", path = "secrets/hook" }')


def webhook_unsigned(lab: Lab) -> None:
    sink(lab, 'kind = "webhook"\nurl = "http://127.0.0.1:9/hook"\nsecret = { kind = "file", path = "secrets/hook" }')


def file_in_the_way(lab: Lab) -> None:
    (lab.root / "out").write_text("a file, no folder", encoding="utf-8")
    sink(lab, 'kind = "jsonl"\npath = "out/availability.jsonl"')


def other_tenant(lab: Lab) -> None:
    planted.workspace(lab, lab.tenant.ready["tenantId"], "99999999-9999-4999-8999-999999999999")
    lab.variables["AZURE_TENANT_ID"] = "99999999-9999-4999-8999-999999999999"


def no_file(lab: Lab) -> None:
    (lab.root / "integrations" / "contoso" / "telia.json").unlink()


FAULTS: dict[str, tuple[tuple[Plant, ...], str, str, str]] = {
    # name: what is broken; the link, words of its fact, words of its fix
    "permission not in the manifest": ((lambda lab: planted.undeclare(lab, "User.Read.All"),), "required", "lacks User.Read.All", APPLY),
    "forbidden permission in the manifest": ((user_read,), "required", "has User.Read (delegated)", APPLY),
    "service principal disabled": ((disabled,), "required", "disabled", "Enabled for users to sign in"),
    "no service principal": ((no_principal,), "required", "no service principal", APPLY),
    "app deleted": ((deleted,), "required", "There is no app tenantry-telia", APPLY),
    "wrong tenant": ((other_tenant,), "required", "tenantry.toml names 99999999", "Correct the tenant's id"),
    "integration file lost": ((no_file,), "required", "no integration file", APPLY),
    "grant revoked": ((lambda lab: planted.revoke(lab, "Calendars.Read"),), "granted", "lacks Calendars.Read", "Privileged Role Administrator"),
    "all grants revoked": ((lambda lab: planted.only(lab, "appRoleAssignments", lambda _: False),), "granted", "lacks Calendars.Read, User.Read.All", APPLY),
    "scope missing": ((no_policy,), "scoped", "outside group switchboard@", "scripts render access-policy contoso/telia"),
    "scope too wide": ((wider_policy,), "scoped", "outside group switchboard@", "scripts render access-policy"),
    "scope of another group": ((other_group,), "scoped", "group switchboard@", "scripts render access-policy"),
    "scope of nobody": ((nobody,), "scoped", "kept out of", "scripts render access-policy"),
    "scope too narrow": ((denied_some,), "scoped", "inside group switchboard@", "scripts render access-policy"),
    "group without members": ((nobody_in_group,), "scoped", "Nobody is in group switchboard@", "Put the people"),
    "users without addresses": ((no_addresses,), "addresses", "0 active users have an address", "Give the users"),
    "group does not exist": ((group_gone,), "scoped", "The tenant has no group switchbored@", "Correct mailboxes"),
    "secret expired": ((expired,), "credential", "AADSTS7000222", APPLY),
    "secret's id for its value": ((secret_id,), "credential", "looks like the secret's id", "tenantry provision rotate contoso/telia"),
    "wrong secret": ((wrong_secret,), "credential", "AADSTS7000215", "tenantry provision rotate contoso/telia"),
    "secret removed from the app": ((secret_removed,), "credential", "is not on the app any more", APPLY),
    "store empty": ((empty_store,), "credential", "file secrets/telia holds no credential", APPLY),
    "store holds garbage": ((garbage_in_store,), "credential", "does not hold a credential", APPLY),
    "addresses unmatched": ((unmatched,), "addresses", "1 of 2 people match; no active user has nobody@", "not an alias"),
    "no address matches": ((aliases_only,), "addresses", "0 of 2 people match", "not an alias"),
    "two users with one address": ((duplicate,), "addresses", "belongs to more than one active user", "Take the address from all but one"),
    "webhook's receiver down": ((webhook_down,), "state", "receiver 127.0.0.1 cannot be reached", "correct url of the sink"),
    "webhook's secret missing": ((webhook_unsigned,), "state", "cannot be signed", "Put it there"),
    "sink's file cannot be written": ((file_in_the_way,), "state", "out/availability.jsonl cannot be written", "Correct path"),
    "grant revoked and secret expired": ((expired, lambda lab: planted.revoke(lab, "User.Read.All")), "granted", "User.Read.All", APPLY),
    "disabled, and its policy gone": ((no_policy, disabled), "required", "disabled", "Enabled for users"),
    "unscoped, and addresses wrong": ((no_policy, unmatched), "scoped", "outside", "scripts render access-policy"),
    "secret wrong, webhook down": ((webhook_down, wrong_secret), "credential", "AADSTS7000215", "rotate"),
    "app deleted, store empty": ((empty_store, deleted), "required", "There is no app", APPLY),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_fault(whole: Lab, name: str) -> None:
    plants, link, fact, fix = FAULTS[name]
    with restored(whole):
        for plant in plants:
            plant(whole)
        try:
            found = links(whole)
        finally:
            whole.variables.clear()
    assert first(found) == link, found
    assert fact in found[link]["fact"]
    assert fix in found[link]["fix"]


def test_a_listed_person_outside_the_scope_is_told_of(whole: Lab) -> None:
    with restored(whole):
        stranger = member(whole)
        planted.only(whole, "groupMembers", lambda row: row["memberId"] != stranger["id"])
        people(whole, member(whole)["mail"], stranger["mail"])
        scoped = links(whole, expect=0)["scoped"]
    assert f"{stranger['mail'].lower()} are outside" in scoped["fact"]
    assert "Put them into group switchboard@" in scoped["fix"]


def test_every_fault_is_mended_by_its_fix(whole: Lab) -> None:
    for plant in (
        expired,
        secret_removed,
        empty_store,
        no_principal,
        lambda lab: planted.revoke(lab, "Calendars.Read"),
    ):
        with restored(whole):
            plant(whole)
            whole.json("apply", "--yes")
            assert first(links(whole, expect=0)) == ""
    for plant in (secret_id, wrong_secret):
        with restored(whole):
            plant(whole)
            whole.json("rotate", "--yes")
            assert first(links(whole, expect=0)) == ""


def test_a_secret_that_ended_by_itself(lab: Lab) -> None:
    lab.json("apply", "--yes")
    planted.restrict(lab, "switchboard@" + lab.tenant.ready["domain"])
    lab.tenant.advance("200d")
    found = links(lab)
    assert first(found) == "credential"
    assert "AADSTS7000222" in found["credential"]["fact"]
    assert APPLY in found["credential"]["fix"]
    lab.json("apply", "--yes")
    assert first(links(lab, expect=0)) == ""


def test_a_bare_secret_id_in_the_store(lab: Lab) -> None:
    lab.json("apply", "--yes")
    planted.restrict(lab, "switchboard@" + lab.tenant.ready["domain"])
    (lab.root / "secrets" / "telia").write_text(lab.stored()["id"] + "\n", encoding="utf-8")
    found = links(lab)
    assert first(found) == "credential"
    assert "looks like the secret's id, not its value" in found["credential"]["fact"]
    lab.json("rotate", "--yes")
    assert first(links(lab, expect=0)) == ""

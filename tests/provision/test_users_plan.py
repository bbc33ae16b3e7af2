"""Integration users planned: who is made, adopted, refused; the group; the lists of policies; what is in the way."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.model.actual import Actual
from provision.model.change import Change, Plan
from provision.model.users import NEW, RESET, Account, ExclusionGroup, Held, Member, Namesake, Policy, UsersActual
from provision.plan import plan
from provision.plan.users.shards import shards
from tenantry import profiles
from tenantry.errors import ConfigurationError, GuardRefused
from tests.provision import case as cases

MARK, OTHERS = "tenantry:contoso/telia", "tenantry:contoso/other"
NOTES = "Made by Tenantry for contoso/telia: accounts that Conditional Access policies let off. Put nobody else in it."
ONE, TWO = "telia-presence-1@contoso.onmicrosoft.com", "telia-presence-2@contoso.onmicrosoft.com"
NAME = "Telia presence: integration users without MFA"
PEOPLE = tuple(f"p{n}@contoso.com" for n in range(10))


def state(**changed: Any) -> UsersActual:
    """A tenant in which everything is as it should be for ten people, with one policy that asks for MFA."""
    group = ExclusionGroup(id="g", name=NAME, notes=NOTES, members=(Member(id="u1", name=ONE, marker=MARK),))
    start = UsersActual(
        domain="contoso.onmicrosoft.com",
        people=PEOPLE,
        accounts={ONE: Account(id="u1", name=ONE, marker=MARK)},
        passwords={ONE: Held(id="u1")},
        group=group,
        policies=(policy(),),
        security_defaults=False,
    )
    return msgspec.structs.replace(start, **changed)


def policy(**changed: Any) -> Policy:
    start = Policy(
        id="p1",
        name="Require MFA",
        include_users=("All",),
        include_apps=("All",),
        clients=("all",),
        demands=("mfa",),
        exclude_groups=("theirs",),
    )
    return msgspec.structs.replace(start, **changed)


def made(
    users: UsersActual, *, prune: bool = False, store: str = "file", watched: tuple[str, ...] = (), **options: Any
) -> Plan:
    """The plan for a tenant whose app is as it should be, and whose users are these."""
    profile = profiles.load("telia-presence", None, options)
    place = (
        {"kind": "file", "path": "secrets/telia"} if store == "file" else {"kind": store, "name": "TELIA", "path": "-"}
    )
    defaults = {name: option.default for name, option in profile.options.items()}
    case = cases.build(
        {
            "prune": prune,
            "provisioned": True,
            "integration": {
                "profile": "telia-presence",
                "options": {**defaults, **options},
                "mailboxes": {"group": "-", "all": True},
                "credential": {"store": place},
            },
            "profile": msgspec.to_builtins(profile),
            "actual": {"users": "-"},
        }
    )
    resources = {"Microsoft Graph": case.actual.resources["Microsoft Graph"]}
    resources["Microsoft Graph"].roles["Presence.Read.All"] = "role-presence"
    emitted = case.actual.emitted
    if watched and emitted is not None:
        emitted = msgspec.structs.replace(emitted, integration_users=({"userPrincipalName": ONE, "people": watched},))
    actual: Actual = msgspec.structs.replace(case.actual, users=users, emitted=emitted)
    return plan(case.desired, actual)


def ours(found: Plan) -> list[str]:
    """The changes that have to do with users."""
    kinds = ("integration", "stored", "exclusion", "conditional")
    return [
        f"{c.action} {c.object} {c.name}"
        for c in found.changes
        if c.object.startswith(kinds) and c.object not in ("integrationFile", "storedCredential")
    ]


def change(found: Plan, kind: str) -> Change:
    return next(c for c in found.changes if c.object == kind)


def test_nothing_to_do() -> None:
    assert ours(made(state())) == []


def test_from_nothing_in_an_order_that_works() -> None:
    empty = state(accounts={ONE: None}, passwords={ONE: None}, group=None)
    found = made(empty, exclude_from=["Require MFA"])
    assert ours(found) == [
        f"create integrationUser {ONE}",
        "create exclusionGroup tenantry-telia-users",
        f"create exclusionGroupMember {ONE}",
        "update conditionalAccessPolicy Require MFA (p1)",
    ]
    exclusion = change(found, "conditionalAccessPolicy")
    assert exclusion.before == {"id": "p1", "excludeGroups": ["theirs"]}
    assert exclusion.after == {"excludeGroups": ["theirs", NAME]}
    rights = {c.object: (c.permission, c.role) for c in found.changes}
    assert rights["integrationUser"] == ("User.ReadWrite.All", "User Administrator")
    assert rights["exclusionGroup"] == ("Group.ReadWrite.All", "Groups Administrator")
    assert rights["exclusionGroupMember"] == ("GroupMember.ReadWrite.All", "Groups Administrator")
    assert rights["conditionalAccessPolicy"] == (
        "Policy.ReadWrite.ConditionalAccess",
        "Conditional Access Administrator",
    )


@pytest.mark.parametrize(("people", "users"), [(0, 1), (1, 1), (650, 1), (651, 2), (1300, 2), (1301, 3)])
def test_one_user_for_each_650_people(people: int, users: int) -> None:
    addresses = tuple(f"p{n:04}@contoso.com" for n in range(people))
    found = made(state(people=addresses, accounts={}, passwords={}, group=None))
    assert len([c for c in found.changes if c.object == "integrationUser"]) == users


def test_too_few_for_the_people() -> None:
    addresses = tuple(f"p{n:04}@contoso.com" for n in range(651))
    with pytest.raises(ConfigurationError) as refused:
        made(state(people=addresses), integration_users=1)
    (problem,) = refused.value.problems
    assert "1 integration user can watch 650 people, but there are 651" in str(problem)
    assert "integration_users = 2" in str(problem)


def test_an_empty_list_of_people_is_not_believed() -> None:
    with pytest.raises(ConfigurationError, match="where there were 10 people"):
        made(state(people=()), watched=PEOPLE)
    assert ours(made(state(people=PEOPLE[:1]), watched=PEOPLE)) == []


@pytest.mark.parametrize("held", [None, Held(id="somebody-before"), Held(id=RESET)])
def test_a_password_that_the_store_lacks_is_set_anew_and_said_so(held: Held | None) -> None:
    found = made(state(passwords={ONE: held}))
    assert ours(found) == [f"update integrationPassword {ONE}"]
    reset = change(found, "integrationPassword")
    assert (reset.risk, reset.permission) == ("high", "User-PasswordProfile.ReadWrite.All")
    assert "must be told" in reset.reason


@pytest.mark.parametrize("held", [Held(id=NEW), Held(id=""), Held(id="u1")])
def test_a_password_that_is_there_is_believed(held: Held) -> None:
    assert ours(made(state(passwords={ONE: held}))) == []


def test_an_account_of_our_name_that_we_did_not_make_is_not_taken_over() -> None:
    with pytest.raises(ConfigurationError, match="did not make it") as refused:
        made(state(accounts={ONE: Account(id="u1", name=ONE, marker="Receptionist")}))
    assert "options.existing_users" in str(refused.value.problems[0])


ANNA = "anna@contoso.com"


def adopted(**changed: Any) -> UsersActual:
    member = Member(id="a", name=ANNA)
    group = ExclusionGroup(id="g", name=NAME, notes=NOTES, members=(member,))
    start = {"accounts": {ANNA: Account(id="a", name=ANNA)}, "passwords": {ANNA: None}, "group": group}
    return state(**{**start, **changed})


def test_an_existing_account_is_used_and_its_password_never_reset_unasked() -> None:
    found = made(adopted(), existing_users=[ANNA])
    assert ours(found) == []
    note = next(n for n in found.notes if n.object == "integrationPassword")
    assert "secrets/telia.anna@contoso.com" in note.fact
    assert any(n.object == "perUserMfa" for n in found.notes)
    assert not any(
        n.object == "integrationPassword" for n in made(adopted(passwords={ANNA: Held()}), existing_users=[ANNA]).notes
    )


def test_an_existing_accounts_password_is_reset_on_request() -> None:
    found = made(adopted(), existing_users=[ANNA], reset_passwords=True)
    assert ours(found) == [f"update integrationPassword {ANNA}"]
    assert "reset_passwords" in change(found, "integrationPassword").reason
    assert ours(made(adopted(passwords={ANNA: Held()}), existing_users=[ANNA], reset_passwords=True)) == []


@pytest.mark.parametrize(
    ("account", "says"),
    [(None, "has no account anna"), (Account(id="a", name=ANNA, marker=OTHERS), "made for another integration")],
)
def test_an_existing_account_that_cannot_be_used(account: Account | None, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        made(adopted(accounts={ANNA: account}), existing_users=[ANNA])


def test_an_environment_cannot_take_a_new_password() -> None:
    with pytest.raises(ConfigurationError, match="TELIA_TELIA_PRESENCE_1"):
        made(state(accounts={ONE: None}, passwords={ONE: None}), store="environment")
    assert ours(made(state(), store="environment")) == []


def test_foreign_members_and_owners_are_told_and_go_with_prune_only() -> None:
    members = (Member(id="u1", name=ONE, marker=MARK), Member(id="x", name="eve@contoso.com"))
    group = ExclusionGroup(id="g", name=NAME, notes=NOTES, members=members, owners=(Member(id="o", name="bob"),))
    found = made(state(group=group))
    assert ours(found) == []
    assert {(d.object, d.name) for d in found.drift if d.object.startswith("exclusion")} == {
        ("exclusionGroupMember", "eve@contoso.com"),
        ("exclusionGroupOwner", "bob"),
    }
    assert ours(made(state(group=group), prune=True)) == ["delete exclusionGroupMember eve@contoso.com"]
    new = change(made(state(group=group), exclude_from=["p1"]), "conditionalAccessPolicy")
    assert "eve@contoso.com" in new.reason


def test_a_group_under_our_key_that_is_not_ours() -> None:
    with pytest.raises(GuardRefused, match="not ours to change"):
        made(state(group=ExclusionGroup(id="g", name=NAME, notes="Friends of the house")))


def test_a_group_of_our_name_is_told_and_left_alone() -> None:
    found = made(state(group=None, namesakes=(Namesake(id="n", name=NAME),)))
    assert "create exclusionGroup tenantry-telia-users" in ours(found)
    assert any(d.object == "exclusionGroup" and "left alone" in d.fact for d in found.drift)


@pytest.mark.parametrize("name", ["p1", "P1", "Require MFA", "require mfa"])
def test_a_policy_by_id_or_name(name: str) -> None:
    assert ours(made(state(), exclude_from=[name])) == ["update conditionalAccessPolicy Require MFA (p1)"]


def test_a_policy_that_is_not_there_or_not_clear() -> None:
    with pytest.raises(ConfigurationError, match='no Conditional Access policy "Requir MFA"') as refused:
        made(state(), exclude_from=["Requir MFA"])
    assert 'Did you mean "Require MFA"?' in str(refused.value.problems[0])
    with pytest.raises(ConfigurationError, match=r"several.*p1, p2") as refused:
        made(state(policies=(policy(), policy(id="p2"))), exclude_from=["Require MFA"])
    assert "Write the id" in str(refused.value.problems[0])


def test_policies_that_could_not_be_read_are_never_written() -> None:
    with pytest.raises(ConfigurationError, match="could not be read"):
        made(state(policies=None, no_policies="403"), exclude_from=["p1"])
    assert any("not known" in note.fact for note in made(state(policies=None, no_policies="403")).notes)


def test_an_exclusion_nobody_asked_for_stays_without_prune() -> None:
    here = state(policies=(policy(exclude_groups=("theirs", "g")),))
    assert ours(made(here)) == []
    assert any(d.object == "conditionalAccessPolicy" for d in made(here).drift)
    found = made(here, prune=True)
    assert ours(found) == ["revoke conditionalAccessPolicy Require MFA (p1)"]
    assert change(found, "conditionalAccessPolicy").after == {"excludeGroups": ["theirs"]}
    assert ours(made(here, exclude_from=["p1"])) == []


def test_accounts_nobody_needs_any_more() -> None:
    accounts = {ONE: Account(id="u1", name=ONE, marker=MARK), TWO: Account(id="u2", name=TWO, marker=MARK)}
    here = state(accounts=accounts, passwords={ONE: Held(id="u1"), TWO: Held(id="u2")})
    assert ours(made(here)) == []
    assert [d.name for d in made(here).drift if d.object == "integrationUser"] == [TWO]
    assert ours(made(here, prune=True)) == [f"delete integrationUser {TWO}", f"delete storedPassword {TWO}"]


def test_app_only_leaves_what_was_made_until_it_is_pruned() -> None:
    here = state(policies=(policy(exclude_groups=("theirs", "g")),), people=())
    assert ours(made(here, app_only=True)) == []
    assert made(here, app_only=True).notes == ()
    assert ours(made(here, app_only=True, prune=True)) == [
        "revoke conditionalAccessPolicy Require MFA (p1)",
        "delete exclusionGroup tenantry-telia-users",
        f"delete integrationUser {ONE}",
        f"delete storedPassword {ONE}",
    ]


def consents(found: Plan) -> list[str]:
    return [f"{c.action} {c.name}" for c in found.changes if c.object == "oauth2PermissionGrant"]


def test_consent_for_the_users_only() -> None:
    assert consents(made(state())) == ["grant Microsoft Graph for everybody"]
    found = made(state(accounts={ONE: None}), consent_users_only=True)
    assert consents(found) == [f"grant Microsoft Graph for user {ONE}"]
    kinds = [c.object for c in found.changes]
    assert kinds.index("integrationUser") < kinds.index("oauth2PermissionGrant")


HITS: list[tuple[dict[str, Any], bool]] = [
    ({}, True),
    ({"state": "disabled"}, False),
    ({"state": "enabledForReportingButNotEnforced"}, False),
    ({"demands": ()}, False),
    ({"clients": ("exchangeActiveSync",)}, False),
    ({"clients": ("mobileAppsAndDesktopClients",)}, True),
    ({"include_apps": ("None",)}, False),
    ({"include_apps": ("Office365",)}, True),
    ({"include_apps": ("00000002-0000-0ff1-ce00-000000000000",)}, False),
    ({"exclude_apps": ("Office365",)}, False),
    ({"include_users": ("u1",)}, True),
    ({"include_users": ("somebody",)}, False),
    ({"include_users": (), "include_groups": ("g",)}, True),
    ({"exclude_users": ("u1",)}, False),
    ({"exclude_groups": ("g",)}, False),
]


@pytest.mark.parametrize(("changed", "hits"), HITS)
def test_what_is_in_the_way(changed: dict[str, Any], hits: bool) -> None:
    found = [n for n in made(state(policies=(policy(**changed),))).notes if n.object == "conditionalAccessPolicy"]
    assert bool(found) is hits


def test_a_group_or_role_of_an_existing_account_counts() -> None:
    account = Account(id="a", name=ANNA, reaches=("admins",))
    met = adopted(accounts={ANNA: account}, policies=(policy(include_users=(), include_roles=("admins",)),))
    assert any(n.object == "conditionalAccessPolicy" for n in made(met, existing_users=[ANNA]).notes)
    spared = adopted(accounts={ANNA: account}, policies=(policy(exclude_groups=("admins",)),))
    assert not any(n.object == "conditionalAccessPolicy" for n in made(spared, existing_users=[ANNA]).notes)


def test_the_better_way_and_security_defaults_are_told() -> None:
    kinds = {note.object for note in made(state(security_defaults=True, policies=())).notes}
    assert kinds == {"profile", "securityDefaults"}


ADDRESSES = st.sets(st.integers(0, 60).map(lambda n: f"p{n:02}"), max_size=40)


@given(before=ADDRESSES, after=ADDRESSES, each=st.integers(1, 20))
def test_people_stay_with_their_user(before: set[str], after: set[str], each: int) -> None:
    def users(people: set[str]) -> list[str]:
        return [f"u{n}" for n in range(max(1, -(-len(people) // each)))]

    first = shards(users(before), before, {}, each)
    second = shards(users(after), after, first, each)
    assert sorted(p for watched in second.values() for p in watched) == sorted(after)
    assert all(len(watched) <= each for watched in second.values())
    for user, watched in first.items():
        if user in second:
            assert set(watched) & after <= set(second[user])
    assert shards(users(after), after, second, each) == second

"""`rbac --migrate`: at no step may any app read a mailbox that it could not read before; at the end, exactly those.

After every single cmdlet the simulated Graph is asked, with each app's own token, for every mailbox's calendar.
"""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.simulator.exchange.migrating import READ, Group, Migration, Place, Policy

BOXES = ("anna", "bo", "cia", "dan", "eva", "room-a", "room-b", "shared-info")
OURS = (Policy(("ours",), "desk"),)

PLACES: dict[str, Place] = {
    "nested groups": Place(
        BOXES,
        (
            Group("desk", ("anna", "inner")),
            Group("inner", ("bo", "deep"), "Distribution"),
            Group("deep", ("cia",)),
            Group("apart", ("dan",)),
        ),
        (*OURS, Policy(("other",), "apart")),
    ),
    "several apps in one policy, into its own group": Place(
        BOXES,
        (Group("desk", ("anna", "inner")), Group("inner", ("bo",))),
        (Policy(("ours", "other"), "desk"),),
        target="desk",
    ),
    "several apps in one policy, into a new group": Place(
        BOXES,
        (Group("desk", ("anna", "bo")),),
        (Policy(("other", "ours", "third"), "desk"), Policy(("third",), "desk")),
    ),
    "all apps in one policy": Place(
        BOXES, (Group("desk", ("anna", "inner")), Group("inner", ("bo",))), (Policy(("*",), "desk"),)
    ),
    "several policies, members in two groups": Place(
        BOXES,
        (Group("desk", ("anna", "bo")), Group("night", ("bo", "cia", "desk"))),
        (*OURS, Policy(("ours",), "night"), Policy(("other",), "night", "DenyAccess")),
    ),
    "empty groups": Place(BOXES, (Group("desk", ("inner",)), Group("inner", ("deep",)), Group("deep")), OURS),
    "rooms and shared mailboxes": Place(
        BOXES,
        (Group("desk", ("room-a", "shared-info", "rooms")), Group("rooms", ("room-a", "room-b"), "RoomList")),
        OURS,
    ),
    "a group renamed": Place(
        BOXES,
        (Group("desk", ("anna",)), Group("other-desk", ("bo",))),
        (*OURS, Policy(("other",), "other-desk")),
        renamed=(("desk", "Växel, ny"), ("other-desk", "desk")),
    ),
    "another app has rbac on the same group, which is complete": Place(
        BOXES,
        (Group("desk", ("anna", "bo")),),
        OURS,
        grants=(("ours", READ), ("other", ())),
        rbac=(("other", "desk"),),
        target="desk",
    ),
    "a circle of groups, and a mailbox itself": Place(
        BOXES,
        (Group("desk", ("anna", "inner")), Group("inner", ("bo", "desk"))),
        (*OURS, Policy(("ours",), "dan")),
    ),
    "apps with more rights": Place(
        BOXES,
        (Group("desk", ("anna", "bo")),),
        OURS,
        grants=(
            ("ours", ("Calendars.Read", "Calendars.ReadWrite", "Mail.Read")),
            ("other", ()),
            ("third", ("Calendars.ReadWrite",)),
        ),
    ),
}
REFUSED: dict[str, tuple[Place, str]] = {
    "a policy that denies": (
        Place(
            BOXES,
            (Group("desk", ("anna",)), Group("board", ("bo",))),
            (*OURS, Policy(("ours",), "board", "DenyAccess")),
        ),
        "DenyAccess",
    ),
    "a policy that denies all apps": (
        Place(BOXES, (Group("desk", ("anna",)),), (*OURS, Policy(("*",), "desk", "DenyAccess"))),
        "DenyAccess",
    ),
    "a dynamic group inside": (
        Place(
            BOXES, (Group("desk", ("anna", "inner")), Group("inner", ("staff",)), Group("staff", (), "dynamic")), OURS
        ),
        "staff@contoso.com is a DynamicDistributionGroup",
    ),
    "a stranger in the group": (
        Place(BOXES, (Group("desk", ("anna",)), Group("new", ("eva",))), OURS),
        "No policy lets the app into eva@contoso.com",
    ),
    "the group is another app's too": (
        Place(
            BOXES,
            (Group("desk", ("anna",)), Group("night", ("bo",))),
            (*OURS, Policy(("ours",), "night"), Policy(("other",), "desk")),
            target="desk",
        ),
        "The policy for desk would count for bo@contoso.com too",
    ),
    "the group is inside another app's": (
        Place(
            BOXES,
            (Group("desk", ("anna",)), Group("new"), Group("wide", ("eva", "new"))),
            (*OURS, Policy(("other",), "wide")),
        ),
        "The policy for wide would count for anna@contoso.com too",
    ),
    "a member would be denied to another app": (
        Place(BOXES, (Group("desk", ("anna",)), Group("new")), (*OURS, Policy(("other",), "new", "DenyAccess"))),
        "The policy for new would count for anna@contoso.com too",
    ),
    "another app has rbac on the group": (
        Place(
            BOXES,
            (Group("desk", ("anna", "inner")), Group("inner", ("bo",))),
            OURS,
            grants=(("ours", READ), ("other", ())),
            rbac=(("other", "desk"),),
            target="desk",
        ),
        "The assignment right of other is about the group too",
    ),
}


def migrated(place: Place, folder: Path, minutes: float = 0) -> Migration:
    """The whole way, each part with its assertions: phase one, Entra's grant withdrawn, phase two."""
    way = Migration(place, folder, minutes)
    assert any(app == "ours" for app, _ in way.before) or "empty" in str(folder), "the app reads something at first"
    way.run().check()
    way.withdraw()
    assert way.watch.readable() == way.before, "by RBAC exactly what it was by policies"
    way.run(Finish=True).check()
    assert way.watch.readable() == way.before
    return way


@pytest.mark.parametrize("name", PLACES)
def test_a_migration_widens_nothing_and_ends_the_same(name: str, tmp_path: Path) -> None:
    way = migrated(PLACES[name], tmp_path / name.replace(" ", "-"))
    left = way.watch.shell.run("Get-ApplicationAccessPolicy")
    assert all(row["AppId"] != way.watch.apps["ours"].app_id for row in left), "no policy of this app alone is left"
    assert way.run().check().changes == [], "there is nothing to move any more"


@pytest.mark.parametrize("name", PLACES)
def test_what_if_changes_nothing(name: str, tmp_path: Path) -> None:
    way = Migration(PLACES[name], tmp_path)
    before = way.state()
    told = way.run(what_if=True).check()
    assert (told.changes, way.state()) == ([], before)
    assert told.what_ifs


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_said_by_rbac_is_refused_and_nothing_changes(name: str, tmp_path: Path) -> None:
    place, words = REFUSED[name]
    way = Migration(place, tmp_path)
    before = way.state()
    told = way.run()
    assert [words in error["message"] for error in told.errors] == [True], told
    assert (told.changes, way.state(), way.watch.readable()) == ([], before, way.before)


def stops(called: list[str]) -> list[int]:
    """After how many cmdlets a stop makes a difference: in front of each one that changes something, and behind it."""
    changing = [place for place, name in enumerate(called) if not name.startswith(("Get-", "Test-"))]
    return sorted({place + 1 for place in changing if place + 1 < len(called)} | {0})


@pytest.mark.parametrize("name", PLACES)
def test_a_stop_between_any_two_cmdlets_resumes(name: str, tmp_path: Path) -> None:
    whole = Migration(PLACES[name], tmp_path / "whole")
    first = whole.run().check()
    for stop in stops(whole.called):
        way = Migration(PLACES[name], tmp_path / str(stop), reads=False)
        assert way.run(stop=stop).stopped
        assert len(way.run().check().changes) <= len(first.changes)
        assert way.state() == whole.state(), stop
        assert way.watch.readable() == way.before


@pytest.mark.parametrize(
    "name", ["several policies, members in two groups", "a circle of groups, and a mailbox itself"]
)
def test_a_stop_of_the_second_phase_resumes(name: str, tmp_path: Path) -> None:
    whole = migrated(PLACES[name], tmp_path / "whole")
    for stop in stops(whole.called):
        way = Migration(PLACES[name], tmp_path / str(stop))
        way.run().check()
        way.withdraw()
        assert way.run(stop=stop, Finish=True).stopped
        way.run(Finish=True).check()
        assert (way.state(), way.watch.readable()) == (whole.state(), way.before)


def test_finish_before_the_first_phase_is_refused(tmp_path: Path) -> None:
    way = Migration(PLACES["nested groups"], tmp_path)
    told = way.run(Finish=True)
    assert "Run this script without -Finish first" in told.errors[0]["message"]
    assert told.changes == []


def test_teardown_after_either_phase_widens_nothing(tmp_path: Path) -> None:
    for name in ("nested groups", "all apps in one policy", "several apps in one policy, into its own group"):
        place = PLACES[name]
        way = Migration(place, tmp_path / name.replace(" ", "-") / "one")
        before = way.state()
        way.run().check()
        way.run(teardown=True).check()
        assert way.watch.readable() == way.before, name
        assert way.state() == before or place.target != "new", f"{name}: members of a policy's own group are left"
        way = migrated(place, tmp_path / name.replace(" ", "-") / "empty")
        way.run(teardown=True).check()
        way.watch.shell.clock.advance(2 * 3600)
        assert way.watch.readable() == {pair for pair in way.before if pair[0] != "ours"}, name


def test_one_app_after_the_other(tmp_path: Path) -> None:
    place = PLACES["several apps in one policy, into its own group"]
    way = migrated(place, tmp_path / "first")
    way.app = "other"
    way.run().check()
    way.withdraw()
    assert way.watch.readable() == way.before
    way.run(Finish=True).check()
    assert way.watch.readable() == way.before


def test_a_right_that_is_there_already_is_told(tmp_path: Path) -> None:
    way = Migration(PLACES["nested groups"], tmp_path)
    shell, app = way.watch.shell, way.watch.apps["ours"]
    shell.run("New-ServicePrincipal", AppId=app.app_id, ObjectId=app.principal_id)
    shell.run("New-ManagementRoleAssignment", Name="older", Role="Application Mail.Read", App=app.principal_id)
    assert any("another right by RBAC: Application Mail.Read in Organization" in w for w in way.run().check().warnings)


NAMES = ("desk", "inner", "deep", "night")


@st.composite
def places(draw: st.DrawFn) -> Place:
    """Tenants at random: nesting, circles, empty and dynamic groups, policies of one, several and all apps."""
    members = st.lists(st.sampled_from((*BOXES, *NAMES, "staff")), max_size=4, unique=True)
    kinds = st.sampled_from(("Security", "Security", "Distribution"))
    groups = [
        Group(
            name,
            tuple(m for m in draw(members) if m != name and (m != "staff" or draw(st.integers(0, 9)) == 0)),
            draw(kinds),
        )
        for name in NAMES
    ]
    groups[0] = Group("desk", groups[0].members)
    apps = st.lists(st.sampled_from(("ours", "other", "third")), min_size=1, max_size=3, unique=True).map(tuple)
    able = tuple(g.name for g in groups if g.kind == "Security")
    about = st.sampled_from((*able, "anna", "bo"))
    rights = st.sampled_from(("RestrictAccess",) * 6 + ("DenyAccess",))
    drawn = draw(st.lists(st.tuples(st.one_of(apps, apps, st.just(("*",))), about, rights), max_size=3))
    policies = {(p[0], p[1]): Policy(*p) for p in [(("ours",), draw(about), "RestrictAccess"), *drawn]}
    rbac = tuple((app, draw(st.sampled_from(NAMES))) for app in draw(st.sets(st.sampled_from(("other", "third")))))
    rbac = rbac if len({group for _, group in rbac}) == len(rbac) else rbac[:1]
    target = draw(st.sampled_from(("new", "new", *able)))
    grants = [("ours", READ)] + [(app, draw(st.sampled_from((READ, ())))) for app in ("other", "third")]
    return Place(
        BOXES, (*groups, Group("staff", (), "dynamic")), tuple(policies.values()), tuple(grants), rbac, target=target
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=places(), stop=st.integers(0, 60), minutes=st.sampled_from((0, 0, 1, 25, 70)))
def test_any_tenant(place: Place, stop: int, minutes: float, tmp_path_factory: pytest.TempPathFactory) -> None:
    way = Migration(place, tmp_path_factory.mktemp("any"), minutes)
    before = way.state()
    way.run(stop=stop)
    told = way.run()
    if told.errors:
        event("refused")
        assert way.watch.readable() <= way.before
        assert set(before) - set(way.state()) == set(), "nothing is taken away"
        return
    event("migrated")
    way.withdraw()
    assert way.watch.readable() == way.before
    way.run(stop=stop, Finish=True)
    way.run(Finish=True).check()
    assert way.watch.readable() == way.before

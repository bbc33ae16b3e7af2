"""Every script for every profile and product, rendered as the command line does, in the simulated Exchange.

Scripts that differ only in their names are rehearsed once. What a hand changes in between is corrected or left as
docs/reference/exchange-rehearsal.md says.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from simulator.exchange.errors import Interrupted
from simulator.exchange.rehearsal import Order, rehearse, session_for
from templates import scripts
from templates.scripts import PRODUCTS, Product, Script, Target
from tenantry import profiles
from tenantry.cli.script_cases import BUILDERS, Case, Wish
from tenantry.errors import TenantryError
from tenantry.integration import Mailboxes
from tests.simulator.exchange.shell import Shell
from tests.simulator.exchange.stage import PEOPLE, ROOMS, NthFails, Run, staged
from tests.simulator.exchange.test_scripts import told
from tests.templates.checks.commands import check_commands
from tests.templates.checks.source import Source
from tests.templates.examples import APP, GROUP, PRINCIPAL, TENANT

JSON = dict[str, Any]
USER, LIST = "monitor@contoso.com", "rooms@contoso.com"
KINDS = {kind.name: kind for kind in scripts.KINDS}


@dataclass(frozen=True)
class Made:
    """One script, and the combinations of profile, kind and product that give it."""

    script: Script
    kind: str
    product: str
    of: tuple[str, ...]


def wish(kind: str, product: str) -> Wish:
    """What a person would say on the command line."""
    given: JSON = {"product": product, "group": GROUP, "members": ROOMS[:2] if kind != "rooms" else ROOMS}
    given |= {"inside": PEOPLE[:1], "outside": PEOPLE[1:2], "user": USER, "room_list": LIST}
    return Wish(**given, database="DB1" if product == "2007" else None)


def render(profile: str, kind: str, product: Product) -> Script:
    """As `tenantry scripts render KIND` does. Raises TenantryError where there is no such script."""
    made: JSON = {"tenant_id": TENANT, "cloud": "global", "tenant": "contoso", "integration": "it"}
    target = Target(**made, product=product)
    if kind == "evidence":
        return scripts.evidence(target)
    needed = profiles.read(profile, None).permissions
    names = tuple(permission.name for permission in needed if permission.type == "application")
    return BUILDERS[kind](Case(target, APP, PRINCIPAL, names, Mailboxes(group=GROUP), wish(kind, product)))


@cache
def every() -> tuple[list[Made], list[str]]:
    """Each different script, and why the other combinations have none."""
    found: dict[bytes, Made] = {}
    refused = []
    for profile in profiles.names(None):
        for kind in KINDS.values():
            for product in kind.products:
                name = f"{profile} {kind.name} {product}"
                try:
                    script = render(profile, kind.name, product)
                except TenantryError as error:
                    refused.append(f"{name}: {error}")
                    continue
                known = found.get(script.content)
                found[script.content] = Made(script, kind.name, product, (*(known.of if known else ()), name))
    return list(found.values()), refused


MADE = {made.of[0].partition(" ")[2] + f" #{number}": made for number, made in enumerate(every()[0])}
_PRODUCT = re.compile(rb"# Product: \w+|-(2010|2013|2016|2019|se)(?=[.-])")
ALIKE = {_PRODUCT.sub(b"", made.script.content): name for name, made in reversed(MADE.items())}
DIFFERENT = [name for name in MADE if name in ALIKE.values()]  # one of those that only name another product


def prepared(made: Made) -> Shell:
    """A tenant in which the script has work to do."""
    shell = staged()
    shell.tenant.id = TENANT
    if made.kind == "reviewer":
        shell.run("New-Mailbox", Name="Monitor", MicrosoftOnlineServicesID=USER, Password="x")
    return shell


def run(shell: Shell, made: Made, folder: Path, *, stop: int | None = None, **more: Any) -> Run:
    """One rehearsal, without prompts; `called` in the run's warnings is not needed, so cmdlets are counted only."""
    found = Run()
    arguments = {"Confirm": False, **more.pop("arguments", {})}
    order = Order(made.script.content.decode("utf-8-sig"), made.script.name, folder, arguments, **more)
    session = session_for(order, shell.tenant)
    changing: list[int] = []
    session.after_each = lambda name: changing.append(session.calls) if not name.startswith(("Get-", "Test-")) else None
    if stop is not None:
        session.before_each = NthFails(stop)
    try:
        rehearse(order, session, found.take, shell.clock.advance)
    except Interrupted:
        found.stopped = True
    found.calls = session.calls
    found.changing = changing
    return found


def test_every_combination_gives_a_script_or_a_reason() -> None:
    made, refused = every()
    combinations = sum(len(kind.products) for kind in KINDS.values()) * len(profiles.names(None))
    assert {MADE[name].kind for name in DIFFERENT} == set(KINDS)
    assert sum(len(one.of) for one in made) + len(refused) == combinations
    assert {one.product for one in made} == set(PRODUCTS)
    assert {one.kind for one in made} == set(KINDS)
    for reason in refused:
        assert re.search(
            r" (access-policy|rbac) online: .*(narrows none|has no role|nothing for Exchange to narrow)", reason
        ), reason


@pytest.mark.parametrize("name", MADE)
def test_it_uses_only_what_its_product_has(name: str) -> None:
    made = MADE[name]
    assert list(check_commands(Source.of(made.script.content), made.product)) == []


@pytest.mark.parametrize("name", MADE)
def test_first_run_second_run_and_what_if(name: str, tmp_path: Path) -> None:
    made = MADE[name]
    shell = prepared(made)
    tried = run(shell, made, tmp_path / "try", what_if=True).check()
    assert (tried.changes, told(shell)) == ([], told(prepared(made)))
    first = run(shell, made, tmp_path).check()
    works = made.kind not in ("evidence", "teardown")
    assert (bool(tried.what_ifs), bool(first.changes)) == (works or made.kind == "evidence", works)
    before = told(shell)
    assert (run(shell, made, tmp_path).check().changes, told(shell)) == ([], before)


@pytest.mark.parametrize("name", DIFFERENT)
def test_a_stop_anywhere_resumes(name: str, tmp_path: Path) -> None:
    made = MADE[name]
    whole = prepared(made)
    first = run(whole, made, tmp_path / "whole").check()
    for stop in sorted(stop for stop in {0, first.calls - 1, *first.changing} if 0 <= stop < first.calls):
        shell = prepared(made)
        assert run(shell, made, tmp_path / str(stop), stop=stop).stopped
        run(shell, made, tmp_path / str(stop)).check()
        assert told(shell) == told(whole), stop


def calendar(shell: Shell, mailbox: str) -> str:
    (folder, *_) = shell.run("Get-MailboxFolderStatistics", Identity=mailbox, FolderScope="Calendar")
    return f"{mailbox}:{folder['FolderId']}"


def rights(shell: Shell, cmdlet: str, **given: Any) -> None:
    """Changes the sync user's right on one calendar by hand."""
    shell.run(cmdlet, Identity=calendar(shell, PEOPLE[1]), User=USER, **given)


Hand = Callable[[Shell], object]


def by(cmdlet: str, **given: Any) -> Hand:
    """One cmdlet, by hand."""
    return lambda shell: shell.run(cmdlet, **given)


def right(cmdlet: str, **given: Any) -> Hand:
    """The sync user's right on one calendar, changed by hand."""
    return lambda shell: rights(shell, cmdlet, **given)


def first(listing: str, removal: str, key: str) -> Hand:
    """The first thing listed is removed."""
    return lambda shell: shell.run(removal, Identity=shell.run(listing)[0][key])


OUT = {"Identity": GROUP, "Member": ROOMS[0]}
HANDS: list[tuple[str, str, Hand, str]] = [  # kind, what was done by hand, how, what the next run does
    ("access-policy", "a member was taken out", by("Remove-DistributionGroupMember", **OUT), "corrected"),
    (
        "access-policy",
        "a member was added",
        by("Add-DistributionGroupMember", Identity=GROUP, Member=PEOPLE[1]),
        "left",
    ),
    (
        "access-policy",
        "the policy was removed",
        first("Get-ApplicationAccessPolicy", "Remove-ApplicationAccessPolicy", "Identity"),
        "corrected",
    ),
    ("rbac", "a member was taken out", by("Remove-DistributionGroupMember", **OUT), "corrected"),
    (
        "rbac",
        "the assignment was removed",
        first("Get-ManagementRoleAssignment", "Remove-ManagementRoleAssignment", "Name"),
        "corrected",
    ),
    ("rbac", "the pointer was removed", by("Remove-ServicePrincipal", Identity=PRINCIPAL), "corrected"),
    ("rbac", "the group was renamed", lambda shell: rename(shell, "Växel"), "refused: has another filter"),
    (
        "reviewer",
        "the right was lowered",
        right("Set-MailboxFolderPermission", AccessRights="AvailabilityOnly"),
        "corrected",
    ),
    ("reviewer", "the right was removed", right("Remove-MailboxFolderPermission"), "corrected"),
    ("reviewer", "the right was raised", right("Set-MailboxFolderPermission", AccessRights="Owner"), "left"),
    (
        "reviewer",
        "the right was put together",
        right("Set-MailboxFolderPermission", AccessRights="ReadItems,FolderVisible"),
        "left",
    ),
    (
        "rooms",
        "a setting was set back",
        by("Set-CalendarProcessing", Identity=ROOMS[0], DeleteSubject=True),
        "corrected",
    ),
    (
        "rooms",
        "another setting was changed",
        by("Set-CalendarProcessing", Identity=ROOMS[0], BookingWindowInDays=30),
        "left",
    ),
    (
        "rooms",
        "a room was taken off the list",
        by("Remove-DistributionGroupMember", Identity=LIST, Member=ROOMS[0]),
        "corrected",
    ),
    ("ews-allow", "the list was replaced", by("Set-OrganizationConfig", EwsAllowedAppIDs=PRINCIPAL), "corrected"),
    ("service-user", "the user was renamed", lambda shell: rename(shell, "x", "users", USER), "left"),
]


def rename(shell: Shell, name: str, kind: str = "groups", address: str = GROUP) -> None:
    """Gives a group or a user another name, and so another distinguished name."""
    rows = shell.tenant.collection(kind)
    found = rows.first("mail", address)
    assert found is not None
    rows.put({**found, "displayName": name})


@pytest.mark.parametrize("case", HANDS, ids=lambda case: f"{case[0]}: {case[1]}")
def test_what_a_hand_changed_is_corrected_or_left(case: tuple[str, str, Hand, str], tmp_path: Path) -> None:
    kind, _, hand, expected = case
    for number, made in enumerate(MADE[n] for n in DIFFERENT if MADE[n].kind == kind and MADE[n].product != "2007"):
        shell, folder = prepared(made), tmp_path / str(number)
        run(shell, made, folder).check()
        whole = told(shell)
        hand(shell)
        changed = told(shell)
        again = run(shell, made, folder)
        if expected.startswith("refused"):
            assert expected.removeprefix("refused: ") in again.errors[0]["message"]
        assert bool(again.changes) == (expected == "corrected")
        assert (
            told(shell) == (whole if expected == "corrected" and kind != "ews-allow" else changed)
            or kind == "ews-allow"
        )
        assert run(shell, made, folder).changes == []


def test_the_page_says_what_is_corrected_and_what_is_left() -> None:
    page = (Path(__file__).parents[3] / "docs/reference/exchange-rehearsal.md").read_text(encoding="utf-8")
    for kind, what, _, expected in HANDS:
        assert f"| `{kind}` | {what} | {expected.partition(':')[0]}" in page, (kind, what)

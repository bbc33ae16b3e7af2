"""Before something is taken away, what was made a moment ago has to show: else it would be left behind."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from provision.journal import History
from provision.model.actual import Actual
from provision.model.users import Account, ExclusionGroup, Policy, UsersActual
from provision.read.settled import WINDOW
from provision.read.unseen import unseen, until_seen
from tests.provision import case as cases
from tests.provision.test_settled import Written

ONE = "one@contoso.com"
SHOWN = UsersActual(
    accounts={ONE: Account(id="u1", name=ONE)},
    group=ExclusionGroup(id="g", name="Group"),
    policies=(Policy(id="p1", name="MFA", exclude_groups=("g",)),),
)


def actual(**changed: Any) -> Actual:
    users = msgspec.structs.replace(SHOWN, **{k: v for k, v in changed.items() if k != "application"})
    found = cases.build({"provisioned": True}).actual
    app = changed.get("application", found.application)
    return msgspec.structs.replace(found, users=users, application=app)


def why(written: Written, state: Actual) -> str:
    return unseen(History(written.root), "contoso/telia", state, written.clock.now())


@pytest.mark.parametrize(
    ("entry", "missing"),
    [
        (("create", "application", "tenantry-telia", "app-object"), {"application": None}),
        (("create", "integrationUser", ONE, "u1"), {"accounts": {ONE: None}}),
        (("create", "exclusionGroup", "tenantry-telia-users", "g"), {"group": None}),
        (("update", "conditionalAccessPolicy", "MFA (p1)", "p1"), {"policies": (Policy(id="p1", name="MFA"),)}),
    ],
)
async def test_what_was_made_a_moment_ago(
    tmp_path: Path, entry: tuple[str, str, str, str], missing: dict[str, Any]
) -> None:
    written = Written(tmp_path)
    assert why(written, actual(**missing)) == ""
    await written.write(*entry)
    assert "does not show yet" in why(written, actual(**missing))
    assert why(written, actual()) == ""
    written.clock.time += WINDOW
    assert why(written, actual(**missing)) == ""


async def test_what_was_taken_away_since_is_not_waited_for(tmp_path: Path) -> None:
    written = Written(tmp_path)
    await written.write("create", "integrationUser", ONE, "u1")
    assert History(tmp_path).made_users("contoso/telia") == [ONE]
    await written.write("delete", "integrationUser", ONE, "u1", run="r2")
    assert why(written, actual(accounts={ONE: None})) == ""
    assert History(tmp_path).made_users("contoso/telia") == []


async def test_reads_until_it_shows(tmp_path: Path) -> None:
    written = Written(tmp_path)
    await written.write("create", "integrationUser", ONE, "u1")
    reads = [actual(accounts={ONE: None}), actual()]

    async def read() -> Actual:
        return reads.pop(0)

    found = await until_seen(written.doubter(), actual(accounts={ONE: None}), read)
    assert found == actual()
    assert len(written.waits) == 1

"""Reads that lag behind our own writes are not believed; others are, at once."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from provision.journal import History, Journal, What
from provision.model.actual import Actual
from provision.plan import plan
from provision.read.settled import WINDOW, Doubter
from provision.read.torn import WAITS, whole
from tenantry.errors import GraphError
from tests.provision import case as cases
from tests.provision.test_journal import Clock

ORPHAN = "tenantry-20261121T080000Z-cccccc-1"


class Written:
    """A journal to be read from, with a clock to move."""

    def __init__(self, root: Path) -> None:
        self.root, self.clock, self.waits = root, Clock(), list[str]()

    async def write(self, action: str, kind: str, name: str, known: str = "", run: str = "r1") -> None:
        async with Journal(self.root, run).write(What("contoso", "telia", action, kind, name), self.clock, known=known):
            pass

    def doubt(self, **case: Any) -> str:
        built = cases.build({"provisioned": True, **case})
        made = plan(built.desired, built.actual)
        return self.doubter().doubt(built.actual, made)

    def doubter(self) -> Doubter:
        return Doubter(History(self.root), "contoso/telia", self.clock, self.waits.append)


@pytest.fixture
def written(tmp_path: Path) -> Written:
    return Written(tmp_path)


def test_without_a_journal_everything_is_believed(written: Written) -> None:
    assert written.doubt(actual={"grants": [], "application": {"owners": []}}) == ""


async def test_what_was_granted_a_moment_ago_and_does_not_show(written: Written) -> None:
    await written.write("grant", "appRoleAssignment", "Calendars.Read")
    assert "appRoleAssignment Calendars.Read" in written.doubt(actual={"grants": []})
    assert written.doubt(actual={"application": {"owners": []}}) == ""
    written.clock.time += WINDOW
    assert written.doubt(actual={"grants": []}) == ""


async def test_what_was_taken_back_since_is_believed(written: Written) -> None:
    await written.write("grant", "appRoleAssignment", "Calendars.Read")
    await written.write("revoke", "appRoleAssignment", "Calendars.Read", run="r2")
    assert written.doubt(actual={"grants": []}) == ""


async def test_a_new_app_that_a_replica_does_not_know(written: Written) -> None:
    await written.write("create", "application", "tenantry-telia", known="app-object")
    gone = {"application": "-", "service_principal": "-", "grants": "-"}
    assert "application tenantry-telia was written a moment ago" in written.doubt(actual=gone)


async def test_an_app_deleted_a_moment_ago_that_still_shows(written: Written) -> None:
    await written.write("create", "servicePrincipal", "tenantry-telia")
    await written.write("delete", "application", "tenantry-telia", known="app-object")
    assert "was deleted and still shows" in written.doubt()
    binned = {"id": "app-object", "app_id": "app-id", "ours": True}
    gone = {"application": "-", "service_principal": "-", "grants": "-", "deleted": binned}
    assert written.doubt(actual=gone) == ""


async def test_a_stored_credential_that_is_not_on_the_app_yet(written: Written) -> None:
    await written.write("store", "credential", "tenantry-x", known="key-1")
    assert "stored credential was made a moment ago" in written.doubt(actual={"application": {"credentials": []}})
    assert written.doubt() == ""


async def test_a_try_of_unknown_end_is_waited_for_until_it_shows(written: Written) -> None:
    await written.write("create", "credential", ORPHAN)
    assert ORPHAN in written.doubt()
    known = cases.base()["provisioned"]["application"]["credentials"]
    shown = [*known, {"id": "key-2", "kind": "secret", "name": ORPHAN}]
    assert written.doubt(actual={"application": {"credentials": shown}, "orphans": [ORPHAN]}) == ""
    written.clock.time += WINDOW
    assert written.doubt() == ""


async def test_local_files_are_never_waited_for(written: Written) -> None:
    await written.write("create", "integrationFile", "integrations/contoso/telia.json")
    assert written.doubt(actual={"emitted": "-"}, integration={"mailboxes": {"group": "-", "all": True}}) == ""


async def test_settled_reads_again_until_it_can_be_believed(written: Written) -> None:
    await written.write("grant", "appRoleAssignment", "Calendars.Read")
    good, stale = cases.build({"provisioned": True}), cases.build({"provisioned": True, "actual": {"grants": []}})
    reads = [stale.actual, stale.actual, good.actual]
    began = written.clock.time

    async def read() -> Actual:
        return reads.pop(0)

    actual, made = await written.doubter().settled(read, lambda actual: plan(good.desired, actual))
    assert actual is good.actual
    assert made.changes == ()
    assert written.clock.time - began == timedelta(seconds=3)
    assert len(written.waits) == 1  # said once, not at every read


def missing(status: int = 404) -> GraphError:
    return GraphError(status=status, code="Request_ResourceNotFound", message="m", method="GET", path="/x")


async def test_a_read_torn_between_replicas_is_read_again() -> None:
    clock = Clock()
    answers: list[GraphError | str] = [missing(), missing(), "whole"]

    async def read() -> str:
        answer = answers.pop(0)
        if isinstance(answer, GraphError):
            raise answer
        return answer

    assert await whole(clock, read) == "whole"


@pytest.mark.parametrize(("status", "reads"), [(403, 1), (404, len(WAITS) + 1)])
async def test_other_errors_and_lasting_ones_are_raised(status: int, reads: int) -> None:
    count = 0

    async def read() -> str:
        nonlocal count
        count += 1
        raise missing(status)

    with pytest.raises(GraphError):
        await whole(Clock(), read)
    assert count == reads


EMPTY = {"application": "-", "service_principal": "-", "grants": [], "emitted": "-", "stored": "-"}


async def test_an_app_deleted_a_moment_ago_that_the_bin_does_not_show_yet(written: Written) -> None:
    """Planned without it, apply would meet its key taken."""
    await written.write("delete", "application", "tenantry-telia", known="app-object")
    assert "does not show in the tenant's bin yet" in written.doubt(actual=EMPTY)
    binned = {"id": "app-object", "app_id": "app-id", "ours": True}
    assert written.doubt(actual={**EMPTY, "deleted": binned}) == ""
    purged = {**binned, "id": "the-one-before"}
    assert "does not show in the tenant's bin yet" in written.doubt(actual={**EMPTY, "deleted": purged})
    written.clock.time += WINDOW
    assert written.doubt(actual=EMPTY) == ""


@pytest.mark.parametrize("kind", ["integrationUser", "exclusionGroup"])
async def test_users_and_group_that_were_deleted_and_still_show(written: Written, kind: str) -> None:
    users = {
        "accounts": {"one@contoso.com": {"id": "gone", "name": "one@contoso.com"}},
        "group": {"id": "gone", "name": "Group"},
    }
    here = {"users": {"accounts": users["accounts"]} if kind == "integrationUser" else {"group": users["group"]}}
    assert written.doubt(actual=here) == ""
    await written.write("delete", kind, "one@contoso.com", known="gone")
    assert "was deleted and still shows" in written.doubt(actual=here)
    assert written.doubt() == ""
    written.clock.time += WINDOW
    assert written.doubt(actual=here) == ""

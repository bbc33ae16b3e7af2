"""What is refused before the first write."""

from pathlib import Path
from typing import Any

import pytest

from provision import guards
from provision.model.change import Plan
from provision.plan import plan
from provision.rights import ROLES
from tenantry.errors import GuardRefused
from tenantry.integration import StoreRef
from tests.provision import case as cases

FULL = {"Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All"}


def fresh(**case: Any) -> Plan:
    built = cases.build(case)
    return plan(built.desired, built.actual)


def crowded(grants: int) -> Plan:
    extra = [{"id": f"g{n}", "resource_id": "graph-sp", "role_id": f"r{n}"} for n in range(grants)]
    return fresh(provisioned=True, prune=True, actual={"grants": cases.base()["provisioned"]["grants"] + extra})


def test_many_removals_are_refused_until_they_are_meant() -> None:
    guards.refuse_mass(crowded(20))
    with pytest.raises(GuardRefused, match="takes away 21 things") as error:
        guards.refuse_mass(crowded(21))
    assert "--max-removals 21" in error.value.fix
    guards.refuse_mass(crowded(21), limit=21)


def test_making_many_things_is_no_mass_removal() -> None:
    guards.refuse_mass(fresh(), limit=0)


def test_another_checksum_than_the_reviewed_is_refused() -> None:
    made = fresh()
    guards.refuse_moved(made, None)
    guards.refuse_moved(made, made.checksum)
    with pytest.raises(GuardRefused, match=f"checksum {made.checksum}, reviewed feed"):
        guards.refuse_moved(made, "feed")


@pytest.mark.parametrize(
    "claims",
    [
        {"roles": sorted(FULL)},
        {"roles": ["Application.ReadWrite.OwnedBy", "AppRoleAssignment.ReadWrite.All"], "idtyp": "app"},
        {"scp": " ".join(FULL), "wids": [ROLES["Global Administrator"]]},
        {"scp": " ".join(FULL), "wids": [ROLES["Privileged Role Administrator"], ROLES["Application Administrator"]]},
        {"scp": " ".join(FULL)},  # a token that does not tell roles
        {},  # nothing to go by
    ],
)
def test_rights_that_suffice_or_are_not_told(claims: dict[str, Any]) -> None:
    guards.refuse_powerless(fresh(), claims)


@pytest.mark.parametrize(
    ("claims", "says"),
    [
        (
            {"roles": ["Application.ReadWrite.All"]},
            "grant appRoleAssignment needs the application permission AppRoleAssignment.ReadWrite.All",
        ),
        (
            {"roles": ["Directory.Read.All"]},
            "create application, create servicePrincipal, create owner, create credential needs",
        ),
        ({"idtyp": "app"}, "Application.ReadWrite.All"),
        (
            {"scp": "User.Read", "wids": [ROLES["Exchange Administrator"]]},
            "the delegated permission AppRoleAssignment.ReadWrite.All and the role Privileged Role Administrator",
        ),
        (
            {"scp": " ".join(FULL), "wids": [ROLES["Application Administrator"]]},
            "grant appRoleAssignment needs the role Privileged Role Administrator",
        ),
    ],
)
def test_missing_rights_are_named_exactly(claims: dict[str, Any], says: str) -> None:
    with pytest.raises(GuardRefused) as error:
        guards.refuse_powerless(fresh(), claims)
    assert says in error.value.what


def test_a_plan_that_only_writes_our_own_file_needs_no_right() -> None:
    guards.refuse_powerless(fresh(provisioned=True, integration={"time_zone": "Europe/Oslo"}), {"roles": []})


def test_a_full_disk_is_refused_before_a_secret_is_made(tmp_path: Path) -> None:
    store = StoreRef(kind="file", path="secrets/telia")
    guards.refuse_homeless(fresh(), tmp_path, store)
    with pytest.raises(GuardRefused, match="is full"):
        guards.refuse_homeless(fresh(), tmp_path, store, free=lambda _: 4096)
    (tmp_path / "secrets").write_text("in the way", encoding="utf-8")
    with pytest.raises(GuardRefused, match="no folder that may be written to"):
        guards.refuse_homeless(fresh(), tmp_path, store)
    guards.refuse_homeless(fresh(), tmp_path, StoreRef(kind="keyring", name="telia"))

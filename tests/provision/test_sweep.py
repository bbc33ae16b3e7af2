"""A sample of the sweep (`python dev.py sweep` is the whole): each profile clean, some in trouble, some killed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.provision.sweep import runs
from tests.provision.sweep.ground import Ground, pool
from tests.provision.sweep.variants import OWN, PROFILES, VENDOR_APP, Variant, every, plain
from tests.tenant import ROOT, SimulatedTenant, simulated

PLAIN = {variant.profile: variant for variant in plain()}
MORE = [
    Variant("telia-calendar", scope="group", scoping="rbac", kind="secret"),
    Variant("telia-presence", {"app_only": True, "push_line_state": True}, kind="secret"),
    Variant("telia-presence", {"vendor_app": VENDOR_APP}),
    Variant("xphone-calendar", {"admin_consent": False}),
    Variant("calendar", kind="federated"),
]
TROUBLED = ("telia-presence", "maptician-rooms", "xphone-calendar")
KILLED = [("telia-presence", 40), ("telia-presence", 55), ("calendar", 25), ("xphone-calendar", 20)]


@pytest.fixture(scope="module")
def tenants() -> Iterator[Iterator[SimulatedTenant]]:
    with simulated(users=20, seed=29, tenants=40, start="2026-11-23T07:00:00Z", lag="60s") as simulator:
        yield pool(simulator)


def test_there_is_a_variant_of_every_profile_and_of_every_option() -> None:
    assert {variant.profile for variant in every()} == {*PROFILES, OWN}
    assert {path.stem for path in (ROOT / "tenantry" / "profiles").glob("*.toml")} == set(PROFILES)
    assert len(every()) > 100


@pytest.mark.slow
@pytest.mark.parametrize("variant", [*PLAIN.values(), *MORE], ids=lambda variant: variant.name)
def test_applied_once_it_is_exactly_what_the_profile_says(
    tmp_path: Path, tenants: Iterator[SimulatedTenant], variant: Variant
) -> None:
    assert runs.clean(Ground(tmp_path, next(tenants), variant)).wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("profile", TROUBLED)
def test_in_trouble_it_gets_there_in_three(tmp_path: Path, tenants: Iterator[SimulatedTenant], profile: str) -> None:
    outcome = runs.troubled(Ground(tmp_path, next(tenants), PLAIN[profile]), seed=len(profile))
    assert outcome.wrong == []
    assert outcome.faults > outcome.requests / 6


@pytest.mark.slow
@pytest.mark.parametrize(("profile", "n"), KILLED)
def test_killed_it_goes_on(tmp_path: Path, tenants: Iterator[SimulatedTenant], profile: str, n: int) -> None:
    outcome = runs.killed(Ground(tmp_path, next(tenants), PLAIN[profile]), n)
    assert outcome is not None
    assert outcome.wrong == []

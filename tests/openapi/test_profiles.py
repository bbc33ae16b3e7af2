"""Every profile provisioned, proved, renewed and taken away again, clean and in trouble: the wire is as described."""

from pathlib import Path

import pytest

from tests.openapi.log import check_log, report
from tests.provision.sweep.ground import Ground, pool
from tests.provision.sweep.runs import KINDS, applied
from tests.provision.sweep.variants import plain
from tests.tenant import simulated

pytestmark = [pytest.mark.shared, pytest.mark.slow]
STEPS = (
    ("plan",),
    ("verify",),
    ("rotate", "--yes"),
    ("retire", "--yes", "--now"),
    ("emit",),
    ("undo", "--yes"),
    ("destroy", "--yes", "--purge"),
)


@pytest.mark.parametrize("faults", [0.0, 0.2], ids=["clean", "in trouble"])
def test_every_request_and_answer_of_every_profile_is_as_described(tmp_path: Path, faults: float) -> None:
    variants = plain()
    with simulated(users=20, seed=31, tenants=len(variants), start="2026-11-23T07:00:00Z", lag="30s") as simulator:
        for number, (variant, tenant) in enumerate(zip(variants, pool(simulator), strict=True)):
            ground = Ground(tmp_path / str(number), tenant, variant)
            if faults:
                tenant.fault(*KINDS, rate=faults, seed=number + 1)
            done = applied(ground)
            assert done.code in (0, 4), f"{variant.name}: {done.err}"
            for words in STEPS:
                done = ground.run(*words)
                assert done.code in ((0, 1, 2, 3, 4) if faults else (0, 2, 3)), f"{variant.name} {words}: {done.err}"
                assert "Unexpected" not in done.err, f"{variant.name} {words}: {done.err}"
            tenant.end_faults()
        problems, tally = check_log(simulator.requests(bodies=True), models=2)
    assert not problems, report(problems)
    assert tally["PATCH /applications/{application-id}"] > 3
    assert tally["POST /oauth2PermissionGrants"] >= 2
    assert tally["PATCH /identity/conditionalAccess/policies/{conditionalAccessPolicy-id}"] >= 1
    assert tally["POST /users"] >= 2

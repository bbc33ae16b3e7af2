"""SIGKILL in the middle of any request, and the same command again: the same end state, nothing left over."""

import time
from pathlib import Path

import pytest

from tests.provision.lab import Lab, as_it_should_be
from tests.tenant import simulated

pytestmark = pytest.mark.slow


def killed_at(lab: Lab, n: int, *args: str) -> bool:
    """Kills the command while its nth request is held; False where it ends before that."""
    lab.tenant.fault("hang", nth=n)
    process = lab.begin(*args)
    deadline = time.monotonic() + 120
    while process.poll() is None and not lab.tenant.get("/faults")["held"]:
        assert time.monotonic() < deadline, "neither held nor ended"
        time.sleep(0.03)
    hung = process.poll() is None
    process.kill()
    said = process.communicate()[1]
    lab.tenant.end_faults()
    assert hung or process.returncode == 0, said
    return hung


# From the first write on, every request; before it, a few: reads have nothing to leave behind.
@pytest.mark.parametrize(
    ("n", "lag"), [(n, "0s") for n in (1, 8, *range(17, 29))] + [(n, "60s") for n in (19, 22, 26, 27)]
)
def test_killed_at_the_nth_request(tmp_path: Path, n: int, lag: str) -> None:
    with simulated(users=10, seed=n, lag=lag) as tenant:
        lab = Lab(tmp_path / "work", tenant)
        assert killed_at(lab, n, "apply", "--yes")
        lab.json("apply", "--yes")
        as_it_should_be(lab)
        tenant.forget()
        lab.json("apply", "--yes")
        assert lab.writes() == []


@pytest.mark.parametrize("n", [21, 22, 23])
def test_killed_twice(tmp_path: Path, n: int) -> None:
    with simulated(users=10, seed=n, lag="30s") as tenant:
        lab = Lab(tmp_path / "work", tenant)
        for again in (n, n - 4):
            assert killed_at(lab, again, "apply", "--yes")
        lab.json("apply", "--yes")
        as_it_should_be(lab)


def test_rotation_killed_anywhere_leaves_a_working_credential_known(lab: Lab) -> None:
    lab.json("apply", "--yes")
    for n in range(20, 70, 2):
        if not killed_at(lab, n, "rotate", "--yes"):
            break
        known = lab.stored()["id"]
        assert known in {c["keyId"] for c in lab.apps()[0]["passwordCredentials"]}
    else:
        pytest.fail("rotate never ended before its 70th request")
    assert n > 30
    lab.json("apply", "--yes", "--prune")
    as_it_should_be(lab)

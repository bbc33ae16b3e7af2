"""Integration users under kills, faults and lag: one set of users, one group, passwords known, exclusions whole."""

import json
from pathlib import Path

import pytest

from tests.provision.test_faults import applied, share
from tests.provision.test_kills import killed_at
from tests.provision.users_lab import MFA, UsersLab, group, mfa_policy, users_as_they_should_be
from tests.tenant import SimulatedTenant, simulated

pytestmark = pytest.mark.slow

EXCLUDE = f'exclude_from = ["{MFA}"]'


def with_policy(tenant: SimulatedTenant, root: Path, options: str = EXCLUDE) -> UsersLab:
    """A tenant with a policy that asks for MFA and spares a group of somebody else's."""
    mfa_policy(tenant, exclude=[group(tenant, "Break glass")])
    return UsersLab(root, tenant, options=options)


def whole(lab: UsersLab) -> None:
    """The end state, and that a further apply writes nothing."""
    users_as_they_should_be(lab, 1, (MFA,))
    assert len(lab.excluded()) == 2
    lab.tenant.forget()
    assert lab.json("apply", "--yes")[0]["outcome"] == "nothing to do"
    assert lab.writes() == []


@pytest.mark.parametrize(("n", "lag"), [*((n, "0s") for n in range(24, 50, 4)), (29, "60s"), (34, "60s"), (38, "60s")])
def test_killed_at_the_nth_request(tmp_path: Path, n: int, lag: str) -> None:
    with simulated(users=10, seed=n, lag=lag) as tenant:
        lab = with_policy(tenant, tmp_path / "work")
        killed_at(lab, n, "apply", "--yes")
        lab.json("apply", "--yes")
        whole(lab)


@pytest.mark.parametrize("n", [1, 18, 22, 26, 30])
def test_destroying_killed_at_the_nth_request(tmp_path: Path, n: int) -> None:
    with simulated(users=10, seed=n) as tenant:
        people = tenant.state("users")
        lab = with_policy(tenant, tmp_path / "work")
        kept = lab.excluded()
        lab.json("apply", "--yes")
        killed_at(lab, n, "destroy", "--yes")
        assert lab.run("destroy", "--yes").returncode == 0
        assert (lab.users(), lab.groups(), lab.excluded()) == ([], [], kept)
        assert tenant.state("users") == people
        assert list((lab.root / "secrets").glob("*")) == []


@pytest.mark.parametrize(
    ("seed", "options"), [(1, EXCLUDE), (2, EXCLUDE), (3, f"{EXCLUDE}, consent_users_only = true")]
)
def test_thirty_percent_and_a_minute_of_lag(tmp_path: Path, seed: int, options: str) -> None:
    with simulated(users=10, seed=seed, lag="60s", faults=0.3) as tenant:
        lab = with_policy(tenant, tmp_path / "work", options)
        assert applied(lab)[-1] == 0
        assert share(tenant) > 0.15
        tenant.end_faults()
        whole(lab)


WRITES = [
    ("POST /users$", "cut-after"),
    ("POST /users$", "500"),
    (r"PATCH /groups\(", "cut-after"),
    ("POST /groups/.*/members", "cut-after"),
    ("PATCH /identity/conditionalAccess/policies", "cut-after"),
    ("PATCH /identity/conditionalAccess/policies", "429-no-retry-after"),
]


@pytest.mark.parametrize(("match", "kind"), WRITES)
def test_a_write_without_an_answer_is_made_once(tmp_path: Path, match: str, kind: str) -> None:
    with simulated(users=10, seed=4) as tenant:
        lab = with_policy(tenant, tmp_path / "work")
        tenant.fault(kind, rate=1, limit=2, match=match)
        assert applied(lab)[-1] == 0
        assert sum(bool(line["fault"]) for line in tenant.requests()) == 2
        whole(lab)


@pytest.mark.parametrize(
    ("match", "kind"),
    [
        (r"GET /groups\(", "lag-miss"),
        (r"GET /groups\(", "500"),
        ("GET /groups/.*/members", "cut"),
        ("GET /identity", "cut"),
    ],
)
def test_a_failed_look_up_never_shrinks_an_exclusion(tmp_path: Path, kind: str, match: str) -> None:
    with simulated(users=10, seed=4) as tenant:
        lab = with_policy(tenant, tmp_path / "work")
        lab.json("apply", "--yes")
        before = set(lab.excluded())
        tenant.fault(kind, rate=1, match=match)
        for args in (["apply", "--yes"], ["apply", "--yes", "--prune"], ["destroy", "--yes"]):
            lab.run(*args)
            written = [
                line["requestBody"]["conditions"]["users"]["excludeGroups"]
                for line in tenant.requests(bodies=True)
                if line["method"] == "PATCH" and "conditionalAccess" in line["url"]
            ]
            assert all(before - {one["id"] for one in lab.groups()} <= set(groups) | before for groups in written)
            foreign = before & {one["id"] for one in tenant.state("groups") if one["displayName"] == "Break glass"}
            assert foreign <= set(lab.excluded())
            assert all(foreign <= set(groups) for groups in written)
        tenant.end_faults()


def test_somebody_else_excludes_a_group_while_we_wait(tmp_path: Path) -> None:
    """Between plan and write the policy gets another exclusion: it is read again and merged."""
    with simulated(users=10, seed=4) as tenant:
        lab = with_policy(tenant, tmp_path / "work")
        checksum = lab.json("plan")[0]["checksum"]
        late = group(tenant, "Late")
        policy = lab.policy()
        policy["conditions"]["users"]["excludeGroups"].append(late)
        tenant.seed(conditionalAccessPolicies=[policy])
        lab.json("apply", "--yes", "--checksum", checksum)
        assert late in lab.excluded()
        assert len(lab.excluded()) == 3


def test_a_password_reset_that_was_cut_short_is_finished(tmp_path: Path) -> None:
    with simulated(users=10, seed=4) as tenant:
        lab = with_policy(tenant, tmp_path / "work")
        lab.json("apply", "--yes")
        for n in (1, 2):  # before the request arrives, and after it was carried out
            path = lab.root / "secrets" / f"telia.{lab.upn()}"
            path.unlink()
            tenant.fault("hang" if n == 1 else "cut-after", nth=1, match="PATCH /users/")
            if n == 1:
                process = lab.begin("apply", "--yes")
                while process.poll() is None and not tenant.get("/faults")["held"]:
                    pass
                process.kill()
                process.communicate()
            else:
                lab.run("apply", "--yes")
            tenant.end_faults()
            lab.run("apply", "--yes")
            assert json.loads(path.read_text(encoding="utf-8"))["id"] == lab.users()[0]["id"]
            whole(lab)

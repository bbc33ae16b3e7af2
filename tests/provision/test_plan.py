"""The plan as data: each file under `cases/` is a tenant, a wish and what has to come out."""

import json
from typing import Any

import msgspec
import pytest

from provision.model.change import Plan
from provision.plan import plan
from tenantry import errors
from tests.provision import case as cases


def expected(found: list[dict[str, Any]], wanted: list[dict[str, Any]]) -> None:
    """Each wanted entry's keys are in the found one, in the same order and number."""
    assert [f"{f.get('action', '')} {f['object']} {f['name']}" for f in found] == [
        f"{w.get('action', f.get('action', ''))} {w['object']} {w.get('name', f['name'])}"
        for f, w in zip(found, wanted, strict=False)
    ] + [json.dumps(w) for w in wanted[len(found) :]]
    for f, w in zip(found, wanted, strict=True):
        assert {key: f[key] for key in w} == w


@pytest.mark.parametrize("name", cases.names())
def test_case(name: str) -> None:
    case = cases.load(name)
    if "refused" in case.expect:
        with pytest.raises(getattr(errors, case.expect["refused"])) as refused:
            plan(case.desired, case.actual)
        says = case.expect["says"]
        for words in [says] if isinstance(says, str) else says:
            assert words in " ".join(str(problem) for problem in refused.value.problems)
        return
    made = msgspec.to_builtins(plan(case.desired, case.actual))
    expected(made["changes"], case.expect["changes"])
    expected(made["drift"], case.expect.get("drift", made["drift"]))


def as_plan(**case: Any) -> Plan:
    built = cases.build(case)
    return plan(built.desired, built.actual)


def test_the_same_state_gives_the_same_checksum() -> None:
    assert as_plan().checksum == as_plan().checksum
    assert as_plan(now="2026-11-22T08:00:00Z").checksum == as_plan().checksum


@pytest.mark.parametrize(
    "moved",
    [
        {"actual": {"grants": []}},
        {"actual": {"application": {"owners": ["admin-id", "stranger"]}}},
        {"actual": {"delegated": [{"id": "d", "resource_id": "graph-sp", "scopes": ["Mail.Read"]}]}},
        {"integration": {"time_zone": "Europe/Oslo"}},
        {"prune": True, "actual": {"application": {"owners": ["admin-id", "stranger"]}}},
    ],
)
def test_whatever_matters_moves_the_checksum(moved: dict[str, Any]) -> None:
    assert as_plan(provisioned=True, **moved).checksum != as_plan(provisioned=True).checksum


def test_a_plan_never_holds_more_than_one_line_for_a_thing() -> None:
    made = as_plan(provisioned=True, actual={"application": {"owners": []}, "grants": []})
    keys = [change.key for change in made.changes]
    assert len(set(keys)) == len(keys)


def test_json_has_exactly_the_fields_of_the_contract() -> None:
    made = msgspec.to_builtins(as_plan())
    assert set(made) == {"tenant", "integration", "checksum", "changes", "drift", "notes"}
    wanted = {"action", "object", "name", "before", "after", "reason", "risk", "permission", "role"}
    assert all(set(change) == wanted for change in made["changes"])

"""The decisions of the retry layer, as tables; tokens; budgets."""

import asyncio
import json
import time
from datetime import UTC, datetime

import pytest

from tenantry.graph.budget import Bucket, Budget, shared
from tenantry.graph.retry import Fault, RetryPolicy, Tries, repeatable, retry_after
from tenantry.graph.tokens import Tokens, claims
from tenantry.graph.transient import MISSES, miss
from tests.tenantry.graph.fakes import POLICY, FakeClock, FakeCredential, jwt

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fault", "get", "post", "safe_post"),
    [
        (Fault(0, sent=False), True, True, True),
        (Fault(0, sent=True), True, False, True),
        (Fault(429), True, True, True),
        (Fault(503, retry_after=1.0), True, True, True),
        (Fault(503), True, False, True),
        (Fault(500), True, False, True),
        (Fault(502), True, False, True),
        (Fault(504), True, False, True),
        (Fault(408), True, False, True),
        (Fault(409, "Directory_ConcurrencyViolation"), True, True, True),
        (Fault(409, "Request_MultipleObjectsWithSameKeyValue"), False, False, False),
        (Fault(400), False, False, False),
        (Fault(403), False, False, False),
        (Fault(404), False, False, False),
        (Fault(501), False, False, False),
    ],
)
def test_what_may_be_sent_again(fault: Fault, get: bool, post: bool, safe_post: bool) -> None:
    assert repeatable("GET", fault) is get
    assert repeatable("DELETE", fault) is get
    assert repeatable("POST", fault) is post
    assert repeatable("POST", fault, safe=True) is safe_post


def test_waits_double_up_to_the_longest_and_are_half_chance() -> None:
    assert [RetryPolicy(jitter=lambda: 1.0).backoff(n) for n in range(1, 8)] == [1, 2, 4, 8, 16, 30, 30]
    assert [POLICY.backoff(n) for n in range(1, 4)] == [0.5, 1, 2]


def test_the_budget_of_waiting_ends_it() -> None:
    tries = Tries(RetryPolicy(attempts=99, budget=20, jitter=lambda: 0.0))
    waits = []
    while (wait := tries.wait("GET", Fault(429, retry_after=8))) is not None:
        waits.append(wait)
    assert waits == [8, 8]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "12"}, 12.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "Thu, 01 Jan 2026 00:01:00 GMT"}, 60.0),
        ({"retry-after": "Thu, 01 Jan 2026 00:01:00 GMT", "date": "Thu, 01 Jan 2026 00:00:50 GMT"}, 10.0),
        ({"retry-after": "Wed, 31 Dec 2025 00:00:00 GMT"}, 0.0),
        ({"retry-after": "Thu, 01 Jan 2026 00:01:00"}, 60.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "٣"}, 3.0),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, lambda: NOW) == seconds


def test_misses_match_by_status_code_and_fragment() -> None:
    assert miss("read", 404, "Request_ResourceNotFound", "x") is not None
    assert miss("read", 404, "ErrorItemNotFound", "x") is None
    assert miss("app-role-grant", 400, "Request_BadRequest", "Not a valid reference update.") is not None
    assert miss("app-role-grant", 400, "Request_BadRequest", "Permission being assigned already exists") is None
    refused = miss("service-principal", 403, "Authorization_RequestDenied", "… the Backing Application …")
    assert refused is not None
    assert refused.budget == 120
    with pytest.raises(KeyError):
        miss("no-such-step", 404, "", "")
    assert set(MISSES) == {
        "read", "application", "service-principal", "app-role-grant", "delegated-grant", "owner", "credential",
        "group-member", "conditional-access",
    }  # fmt: skip


async def test_a_bucket_gives_its_burst_then_its_rate() -> None:
    now = 0.0
    clock = FakeClock()
    bucket = Bucket(10, 20, lambda: now)
    for _ in range(20):
        await bucket.take(1, clock)
    assert clock.slept == []
    for _ in range(3):
        await bucket.take(5, clock)
    assert clock.slept == [0.5, 0.5, 0.5]
    now = 1.0
    await bucket.take(10, clock)
    assert len(clock.slept) == 3


async def test_conditional_access_is_asked_once_a_second() -> None:
    clock = FakeClock()
    budget = Budget(lambda: 0.0)
    for _ in range(3):
        await budget.take("/identity/conditionalAccess/policies?$top=5", clock)
    assert clock.slept == [1.0, 1.0]
    for path in ("/users/1/calendarView?x=y", "/$batch", "/users?$top=999"):
        await budget.take(path, clock, 20)
    assert len(clock.slept) == 2
    for _ in range(180):
        await budget.take("/users?$top=999", clock, 20)
    assert len(clock.slept) > 2


async def test_a_bucket_on_the_real_clock_does_not_count_its_sleep_twice() -> None:
    from tenantry.clock import SystemClock

    bucket = Bucket(100, 1)
    before = time.monotonic()
    await asyncio.gather(*(bucket.take(1, SystemClock()) for _ in range(11)))
    assert 0.08 < time.monotonic() - before < 1.0


def test_doors_to_one_tenant_share_a_budget() -> None:
    one = shared("https://g", "t")
    assert shared("https://g", "t") is one
    assert shared("https://g", "u") is not one


async def test_many_tasks_fetch_one_token() -> None:
    credential = FakeCredential()
    tokens = Tokens(credential, "https://graph.test/.default", FakeClock(), POLICY)
    values = await asyncio.gather(*(tokens.value() for _ in range(20)))
    assert len(set(values)) == credential.made == 1
    await asyncio.gather(*(tokens.refused(values[0]) for _ in range(20)))
    assert credential.forgotten == 1
    await asyncio.gather(*(tokens.value() for _ in range(20)))
    assert credential.made == 2


async def test_a_token_near_its_end_is_fetched_anew() -> None:
    for lifetime, made in ((1, 1), (0, 2), (3600, 1)):
        credential = FakeCredential(lifetime=lifetime)
        tokens = Tokens(credential, "https://graph.test/.default", FakeClock(), POLICY)
        await tokens.value()
        await tokens.value()
        assert credential.made == made


def test_claims_of_what_is_no_jwt() -> None:
    assert claims(jwt({"roles": ["å"]})) == {"roles": ["å"]}
    for token in ("", "opaque", "a.b.c", "a..c", f"a.{'W10'}.c"):
        assert claims(token) == {}
    assert json.dumps(claims("x.e30.y")) == "{}"

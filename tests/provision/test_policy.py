"""App management policies: durations, which rules are in force, what they leave of a wish."""

from datetime import UTC, datetime
from typing import Any

import pytest

from provision.model.actual import CredentialPolicy
from provision.plan.policy import allowed_days, days, refusal, understand

CREATED = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("duration", "whole"),
    [("P90D", 90), ("P1Y", 365), ("P6M", 180), ("P1Y6M", 545), ("P4DT12H30M5S", 4), ("PT12H", 0), ("P2W", 14),
     ("P", None), (None, None), ("90 days", None), ("PT", None), ("P1DT2.5S", 1), ("PT2.5S", 0)],
)  # fmt: skip
def test_days(duration: str | None, whole: int | None) -> None:
    assert days(duration) == whole


def rule(kind: str, life: str | None = None, **more: Any) -> dict[str, Any]:
    return {"restrictionType": kind, "state": "enabled", "maxLifetime": life, **more}


def secrets(*rules: dict[str, Any], enabled: bool = True) -> CredentialPolicy:
    return understand({"passwordCredentials": list(rules)}, CREATED, "the policy", enabled=enabled)


def test_a_policy_that_is_off_says_nothing() -> None:
    assert secrets(rule("passwordAddition"), enabled=False) == CredentialPolicy()
    assert understand(None, CREATED, "the policy", enabled=True) == CredentialPolicy()


def test_the_shortest_life_counts() -> None:
    policy = secrets(rule("passwordLifetime", "P1Y"), rule("passwordLifetime", "P90D"))
    assert allowed_days("secret", 180, policy) == 90
    assert allowed_days("secret", 30, policy) == 30
    assert allowed_days("certificate", 180, policy) == 180


def test_certificates_have_their_own_rule() -> None:
    keys = {"keyCredentials": [rule("asymmetricKeyLifetime", "P30D")]}
    policy = understand(keys, CREATED, "the policy", enabled=True)
    assert allowed_days("certificate", 180, policy) == 30
    assert allowed_days("secret", 180, policy) == 180


def test_rules_switched_off_or_for_later_apps_do_not_count() -> None:
    policy = secrets(
        rule("passwordAddition", state="disabled"),
        rule("passwordAddition", restrictForAppsCreatedAfterDateTime="2026-12-01T00:00:00Z"),
        rule("passwordLifetime", "P60D", restrictForAppsCreatedAfterDateTime="2020-01-01T10:37:00Z"),
    )
    assert policy.secrets
    assert policy.longest_secret == 60


def test_forbidden_secrets_are_refused_with_the_way_out() -> None:
    refused = refusal("secret", secrets(rule("passwordAddition")))
    assert refused is not None
    assert "forbids new client secrets" in refused[0]
    assert "certificate" in refused[1]
    assert refusal("certificate", secrets(rule("passwordAddition"))) is None


def test_a_life_of_hours_is_refused() -> None:
    refused = refusal("secret", secrets(rule("passwordLifetime", "PT8H")))
    assert refused is not None
    assert "less than a day" in refused[0]

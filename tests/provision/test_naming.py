"""Names: stable, short, valid, and told apart from everybody else's."""

import re
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from provision import naming

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


@given(st.text(min_size=1, max_size=200))
def test_a_unique_name_is_valid_whatever_the_integration_is_called(name: str) -> None:
    made = naming.unique_name(name)
    assert re.fullmatch(r"tenantry-[a-z0-9-]*[a-z0-9]", made)
    assert len(made) <= 64
    assert naming.unique_name(name) == made


@given(st.text(min_size=1, max_size=60), st.text(min_size=1, max_size=60))
def test_two_integrations_never_share_a_key(one: str, other: str) -> None:
    assert one == other or naming.unique_name(one) != naming.unique_name(other)


def test_a_plain_name_is_kept_as_it_is() -> None:
    assert naming.unique_name("telia") == "tenantry-telia"


@given(st.text(max_size=60), st.integers(1, 99))
def test_the_run_is_found_again_in_a_credential_name(description: str, n: int) -> None:
    run = naming.new_run(NOW)
    assert naming.run_of(naming.credential_name(f"{description} ", run, n)) == run


def test_other_peoples_credentials_are_no_run_of_ours() -> None:
    for name in (None, "", "Default", "tenantry", "tenantry-2026-1", "xtenantry-20261121T080000Z-abcdef-1"):
        assert naming.run_of(name) is None

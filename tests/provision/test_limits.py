"""What a profile asks for that is left to the admin is said."""

import pytest

from provision.limits import left_to_you
from tenantry import profiles


@pytest.mark.parametrize(("name", "sentences"), [("telia-calendar", 0), ("telia-presence", 1), ("xphone-calendar", 1)])
def test_what_is_left_to_you(name: str, sentences: int) -> None:
    assert len(left_to_you(profiles.load(name, None))) == sentences

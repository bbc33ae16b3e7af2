"""A fresh simulated tenant with a workspace, for each test that asks for one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.provision.lab import Lab
from tests.tenant import simulated


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """One tenant of twenty people, without lag or faults, and a workspace with one integration."""
    with simulated(users=20, seed=11) as tenant:
        yield Lab(tmp_path / "work", tenant)

"""Tenants for the directory's tests."""

import pytest

from tests.simulator.directory.asking import Asker


@pytest.fixture
def ask() -> Asker:
    """A tenant with its administrator alone."""
    return Asker()


@pytest.fixture(scope="session")
def people() -> Asker:
    """A tenant of 300 people; only read it."""
    return Asker(users=300)

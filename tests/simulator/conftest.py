"""Fixtures of the simulator's tests."""

from collections.abc import AsyncIterator

import pytest

from tests.simulator.client import Served, serving


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    """A small simulated tenant without lag and faults, served in this event loop."""
    async with serving() as simulated:
        yield simulated

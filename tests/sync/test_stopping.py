"""Signals become an event; a second one cancels; afterwards all is as before."""

import asyncio
import os
import signal

import pytest

from sync.stopping import stopping


async def told_twice(heard: list[int]) -> None:
    """Hears a polite wish to end, then an urgent one."""
    with stopping() as stop:
        signal.raise_signal(signal.SIGTERM)
        await stop.wait()
        heard.append(stop.by)
        signal.raise_signal(signal.SIGTERM)
        await asyncio.sleep(5)


async def test_the_first_signal_asks_and_the_second_cancels() -> None:
    before, heard = signal.getsignal(signal.SIGTERM), list[int]()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.create_task(told_twice(heard))
    assert heard == [signal.SIGTERM]
    assert signal.getsignal(signal.SIGTERM) == before


@pytest.mark.skipif(os.name != "posix", reason="only POSIX has SIGHUP")
async def test_a_hangup_that_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stopping() as stop:
            signal.raise_signal(signal.SIGHUP)
            await asyncio.sleep(0.01)
            assert not stop.is_set()
    finally:
        signal.signal(signal.SIGHUP, before)

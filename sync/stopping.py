"""Turns the system's wish to end into an event, on every system: once politely, a second time at once."""

import asyncio
import contextlib
import signal
from collections.abc import Iterator

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name))


class Stop(asyncio.Event):
    """Set when the process shall end; `by` is the signal that said so, 0 where none did."""

    by = 0


@contextlib.contextmanager
def stopping() -> Iterator[Stop]:
    """The event, while signals set it. A second signal cancels the task that is in this block."""
    stop = Stop()
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()

    def heard(number: int) -> None:
        if stop.is_set() and task is not None:
            task.cancel()
        stop.by = stop.by or number
        stop.set()

    before = {number: signal.getsignal(number) for number in SIGNALS}
    hangup = getattr(signal, "SIGHUP", None)
    if hangup is not None and before[hangup] is signal.SIG_IGN:  # nohup: the terminal's end is not ours
        del before[hangup]
    for number in before:
        signal.signal(number, lambda got, _: loop.call_soon_threadsafe(heard, got))
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)

"""How much a run may take. What would take more is refused, so that no script can hang or fill the machine."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from simulator.dialect.refuse import Refused
from simulator.dialect.values import Builder

DEPTH = 20_000  # calls of Python's own
NESTED = 80  # brackets and blocks inside each other, in a source
CALLS = 100  # functions and blocks that call each other
STEPS = 20_000_000  # rounds of loops, items of pipelines, and every thousand characters of a long text
TEXT = 1 << 26  # characters of one text
ITEMS = 1 << 22  # items that one step makes
LONG = 1 << 12  # from here on a text counts as steps
SLOW: tuple[int, ...] = (1 << 26, 20_000, 1_500, 400)  # characters that a pattern may search, by its open repetitions


@contextmanager
def within() -> Iterator[None]:
    """Where Python itself gives up, the run is refused.

    Raises:
        Refused: It went too deep, or took too much memory.
    """
    sys.setrecursionlimit(max(sys.getrecursionlimit(), DEPTH))
    try:
        yield
    except RecursionError:
        raise Refused("", why="it goes too deep") from None
    except MemoryError:
        raise Refused("", why="it takes too much memory") from None


def text_of(size: int) -> None:
    """A text of so many characters is about to be made.

    Raises:
        Refused: It is too long.
    """
    if size > TEXT:
        raise Refused("", why=f"a text of more than {TEXT} characters")


def items_of(count: int) -> None:
    """A collection of so many items is about to be made.

    Raises:
        Refused: They are too many.
    """
    if count > ITEMS:
        raise Refused("", why=f"more than {ITEMS} items at once")


def weigh(engine: Any, made: Any) -> None:
    """Counts the work on a long text or list as steps of the run.

    Raises:
        Refused: It is too long, or the run has taken too many steps.
    """
    if isinstance(made, str | list) and len(made) > LONG:
        (text_of if isinstance(made, str) else items_of)(len(made))
        engine.steps += len(made) >> 10
        engine.tick()
    elif isinstance(made, Builder) and len(made.words) > LONG:
        text_of(len(made.words))
        engine.steps += len(made.words) >> 14
        engine.tick()


def searched(size: int, repetitions: int) -> None:
    """A text of so many characters is about to be searched with a pattern that repeats so often without end.

    Raises:
        Refused: That could take very long.
    """
    if size > SLOW[min(repetitions, len(SLOW) - 1)]:
        raise Refused("", why=f"a pattern with {repetitions} open repetitions on {size} characters")


def joined(parts: list[str], sign: str) -> str:
    """Texts as one, with a sign between them.

    Raises:
        Refused: It would be too long.
    """
    text_of(sum(map(len, parts)) + len(sign) * len(parts))
    return sign.join(parts)

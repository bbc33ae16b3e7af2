"""One line on a terminal that counts; nothing anywhere else."""

import time
from types import TracebackType
from typing import Self

import click

_EVERY = 0.1  # seconds between redraws


class Progress:
    """Context manager around a long job. Drawing goes to stderr and is cleared at the end."""

    def __init__(self, label: str, total: int | None = None, *, shown: bool = True) -> None:
        self.label = label
        self.total = total
        self.done = 0
        self._note = ""
        self._shown = shown
        self._drawn = 0.0
        self._width = 0

    def __enter__(self) -> Self:
        self._draw(force=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self._shown:
            click.echo("\r" + " " * self._width + "\r", err=True, nl=False)

    def step(self, count: int = 1) -> None:
        """So many more are done."""
        self.done += count
        self._draw()

    def note(self, text: str) -> None:
        """What is being done now."""
        self._note = text
        self._draw(force=True)

    def _draw(self, *, force: bool = False) -> None:
        now = time.monotonic()
        if not self._shown or (not force and now - self._drawn < _EVERY):
            return
        self._drawn = now
        count = f" {self.done:,}" if self.total is None else f" {self.done:,} of {self.total:,}"
        text = f"{self.label}{count if self.total is not None or self.done else ''} {self._note}".rstrip()[:100]
        click.echo("\r" + text.ljust(self._width), err=True, nl=False)
        self._width = len(text)

"""The program run in the test's own process: quicker than a process of its own, with the same words and exit codes."""

import contextlib
import io
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


def run_inside(words: Sequence[str], environment: Mapping[str, str]) -> Said:
    """`tenantry WORDS` with exactly that environment."""
    from tenantry.cli.main import run

    out, err = io.StringIO(), io.StringIO()
    with surroundings(environment), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(words)
    return Said(code, out.getvalue(), err.getvalue())


@contextlib.contextmanager
def surroundings(wanted: Mapping[str, str]) -> Iterator[None]:
    """That environment and nothing of the machine's, for a while."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(wanted)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)

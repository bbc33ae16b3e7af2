"""How a command that writes ends when something gives way: partly done, or failed with nothing written."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tenantry.errors import GraphError, GuardRefused, PartlyDone, SignInError, TenantryError

if TYPE_CHECKING:
    from provision.apply.work import Tools

_AGAIN = "Run the same command again; it goes on where this run stopped."


@contextmanager
def ending(target: str, tools: "Tools | None" = None) -> Iterator[None]:
    """Errors of a command that writes, as the user shall see them.

    `partly done` (exit 4) where something is written or a later try may succeed, so that running again is the answer.
    """
    try:
        yield
    except (PartlyDone, GuardRefused):
        raise
    except TenantryError as error:
        wrote = tools is not None and tools.journal.writes.get(target, 0) > 0
        if not wrote and not _passing(error):
            raise
        done = "What was done is in the journal." if wrote else "Nothing was written."
        raise PartlyDone(f"{target}: {error.what} {done}", fix=f"{error.fix} {_AGAIN}".strip()) from error


def _passing(error: TenantryError) -> bool:
    """True where the same may succeed later: no answer, throttled, broken down, not replicated yet."""
    if isinstance(error, GraphError):
        return error.status in (0, 404, 408, 409, 429) or error.status >= 500
    return isinstance(error, SignInError) and error.transient

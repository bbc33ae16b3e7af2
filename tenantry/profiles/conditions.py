"""`when` of a profile: under which options a part of it holds. `"a"`, `"not a"`, joined by `and`."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

FACTS = ("all_mailboxes",)
"""Names besides the profile's options: whether the integration's scope is every mailbox of the tenant."""

_TERM = re.compile(r"(not )?([a-z][a-z0-9_]*)")


def terms(when: str) -> Iterator[tuple[str, bool]]:
    """Each name of the condition with what it must be.

    Raises:
        ValueError: It is no condition.
    """
    for part in when.split(" and ") if when else ():
        found = _TERM.fullmatch(part.strip())
        if found is None:
            raise ValueError(f'"{when}" is no condition.')
        yield found[2], not found[1]


def holds(when: str, values: Mapping[str, Any]) -> bool:
    """Whether the condition is met; the empty one always is. An empty text or list counts as false."""
    return all(bool(values.get(name)) is wanted for name, wanted in terms(when))

"""Spans of time as people write them in `tenantry.toml` and on the command line: `180d`, `12h`, `5m`, `60s`."""

import re
from datetime import timedelta

_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
PATTERN = r"^[0-9]{1,6}(\.[0-9]{1,3})?[wdhms]$"


def parse(text: str) -> timedelta:
    """The span that `text` means.

    Raises:
        ValueError: With a sentence, where it is not a number and one of w, d, h, m, s.
    """
    if not re.fullmatch(PATTERN[1:-1], text):
        raise ValueError(f'"{text}" is not a duration; write a number and a unit, such as 180d, 12h, 5m or 60s.')
    return timedelta(**{_UNITS[text[-1]]: float(text[:-1])})

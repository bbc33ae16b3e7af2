"""Times of evidence. Graph and PowerShell write them in several forms; all become aware UTC here."""

import re
from datetime import UTC, date, datetime

from tenantry.errors import UsageError

_MICROSOFT = re.compile(r"/Date\((-?\d+)\)/")  # Windows PowerShell's JSON
_FRACTION = re.compile(r"(\.\d{6})\d+")  # Graph gives seven digits at times; Python takes six


def moment(text: str | None) -> datetime | None:
    """The time that `text` says, or None where it says none (or one beyond any calendar)."""
    if not text:
        return None
    try:
        if found := _MICROSOFT.fullmatch(text):
            return datetime.fromtimestamp(int(found[1]) / 1000, UTC)
        parsed = datetime.fromisoformat(_FRACTION.sub(r"\1", text))
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError, OSError):  # OSError: seconds beyond what the platform can count
        return None


def as_of(text: str) -> datetime:
    """The date (its first moment, UTC) or the time that `--as-of` names.

    Raises:
        UsageError: It is neither.
    """
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            day = date.fromisoformat(text)
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
    except ValueError:
        pass
    parsed = moment(text) if "T" in text else None
    if parsed is None:
        raise UsageError(f"--as-of: {text!r} is no date.", fix="Write 2026-11-21 or 2026-11-21T08:00:00Z.")
    return parsed


def shown(time: datetime) -> str:
    """RFC 3339 in UTC, to the second."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day(time: datetime) -> str:
    """The date alone, for sentences."""
    return time.astimezone(UTC).strftime("%Y-%m-%d")

"""Names of time zones. Graph is asked for UTC; where a name comes all the same it may be Windows' or IANA's."""

from functools import lru_cache
from zoneinfo import ZoneInfo


@lru_cache(maxsize=256)
def zone_of(name: str | None, default: ZoneInfo) -> ZoneInfo:
    """The zone of that name; `default` where no database knows it (`tzone://Microsoft/Custom`)."""
    if not name:
        return default
    from tzlocal.windows_tz import win_tz

    try:
        return ZoneInfo(win_tz.get(name, name))
    except (KeyError, ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError
        return default

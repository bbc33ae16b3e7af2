"""Time zones by the two kinds of names that Outlook takes: Windows (`W. Europe Standard Time`) and IANA.

The Windows names come from the Unicode CLDR mapping that tzlocal carries.
"""

from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tzlocal.windows_tz import win_tz

_ALIASES = {"": "UTC", "utc": "UTC", "tzone://microsoft/utc": "UTC", "gmt": "Etc/GMT"}


class UnknownZoneError(ValueError):
    """No database knows this time zone."""


@cache
def zone(name: str | None) -> ZoneInfo:
    """The zone of a Windows or IANA name; nothing at all is UTC. Raises UnknownZoneError."""
    wanted = name or ""
    iana = _ALIASES.get(wanted.lower()) or win_tz.get(wanted) or _WINDOWS_WITHOUT_CASE.get(wanted.lower()) or wanted
    try:
        return ZoneInfo(iana)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownZoneError(f"A valid TimeZone value must be specified. '{name}' is not supported.") from None


_WINDOWS_WITHOUT_CASE = {windows.lower(): iana for windows, iana in win_tz.items()}

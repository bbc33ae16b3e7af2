"""Time zones by either name: IANA's (`Europe/Stockholm`) or Windows' (`W. Europe Standard Time`)."""

from functools import cache
from importlib import resources

from tzlocal.windows_tz import win_tz


@cache
def known() -> frozenset[str]:
    """IANA names, from the packaged database, so that every machine knows the same ones."""
    text = resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8")
    return frozenset(text.split())


def resolve(name: str) -> str | None:
    """The IANA name that `name` means, or None where nobody knows it."""
    if name in known():
        return name
    return win_tz.get(name)


def names() -> list[str]:
    """Every name that `resolve` takes, for suggestions."""
    return sorted({*known(), *win_tz})

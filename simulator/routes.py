"""Every Graph operation that is simulated, in one list."""

from simulator.core import Route

ROUTES: list[Route] = []
try:
    from simulator.directory import ROUTES as _DIRECTORY

    ROUTES += _DIRECTORY
except ImportError:
    pass
try:
    from simulator.calendar import ROUTES as _CALENDAR

    ROUTES += _CALENDAR
except ImportError:
    pass

"""Every Graph operation that is simulated, in one list."""

from simulator import calendar, directory, presence
from simulator.core import Route

ROUTES: list[Route] = [*directory.ROUTES, *calendar.ROUTES, *presence.ROUTES]

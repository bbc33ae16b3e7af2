"""Calendars of the simulated tenant: Graph's routes for events, calendars, mailbox settings and places."""

from simulator.calendar import answers, folders, places, schedule, settings, views, writes
from simulator.calendar.store import EventStore
from simulator.core import Route

__all__ = ["ROUTES", "EventStore"]

ROUTES: list[Route] = [
    *views.ROUTES,
    *writes.ROUTES,
    *answers.ROUTES,
    *folders.ROUTES,
    *settings.ROUTES,
    *schedule.ROUTES,
    *places.ROUTES,
]

"""Presence in Teams: reading it, and what an application or a person sets beside it."""

from simulator.core import Route
from simulator.presence import reading, setting
from simulator.presence.store import PresenceStore

__all__ = ["ROUTES", "PresenceStore"]

ROUTES: list[Route] = [*reading.ROUTES, *setting.ROUTES]

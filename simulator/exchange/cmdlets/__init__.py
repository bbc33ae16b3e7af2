"""Exchange's cmdlets, as far as they are simulated: one visible list."""

from simulator.exchange.cmdlets import apps, connection, folders, groups, people, policies, settings
from simulator.exchange.session import Cmdlet

CMDLETS: list[Cmdlet] = [
    *connection.CMDLETS,
    *policies.CMDLETS,
    *people.CMDLETS,
    *groups.CMDLETS,
    *folders.CMDLETS,
    *apps.CMDLETS,
    *settings.CMDLETS,
]

__all__ = ["CMDLETS"]

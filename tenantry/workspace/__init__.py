"""The workspace: a folder with `tenantry.toml`, what it says, whom it names, and who may write in it."""

from tenantry.workspace.load import FILE, load, select
from tenantry.workspace.lock import folder, lock
from tenantry.workspace.people import resolve_people

__all__ = ["FILE", "folder", "load", "lock", "resolve_people", "select"]

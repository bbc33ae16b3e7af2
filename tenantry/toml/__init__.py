"""TOML written by hand: read with its line numbers, checked against types, all problems told at once."""

from tenantry.toml.check import check
from tenantry.toml.document import Document, closest, dotted, read

__all__ = ["Document", "check", "closest", "dotted", "read"]

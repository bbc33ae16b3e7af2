"""Profiles: what each kind of integration needs. To add one, copy a TOML file here or in a workspace's `profiles/`."""

from tenantry.profiles.load import load, names

__all__ = ["load", "names"]

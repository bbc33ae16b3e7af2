"""Profiles: what each kind of integration needs. To add one, copy a TOML file here or in a workspace's `profiles/`."""

from tenantry.profiles.load import facts, load, names, of, read, read_file

__all__ = ["facts", "load", "names", "of", "read", "read_file"]

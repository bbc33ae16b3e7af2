"""Integration users: each step may be repeated, and a crash between any two requests loses no password."""

from provision.apply.users.account import apply_account, apply_password, apply_stored_password
from provision.apply.users.exclusion import apply_exclusion
from provision.apply.users.group import apply_group, apply_member

__all__ = [
    "apply_account",
    "apply_exclusion",
    "apply_group",
    "apply_member",
    "apply_password",
    "apply_stored_password",
]

"""Passwords of people: what a new one must look like, and who may set it."""

import re
from typing import Any

from simulator.core import Call
from simulator.directory.common import denied, refused
from simulator.directory.roles import ROLES

JSON = dict[str, Any]

PERMISSION = "User-PasswordProfile.ReadWrite.All"
SETTERS = frozenset(
    ROLES[f"{name} Administrator"]
    for name in ("Global", "User", "Helpdesk", "Authentication", "Privileged Authentication")
)
_CLASSES = (re.compile(r"[a-z]"), re.compile(r"[A-Z]"), re.compile(r"[0-9]"), re.compile(r"[^A-Za-z0-9]"))


def check(profile: JSON | None) -> None:
    """Refuses a password shorter than 8 or longer than 256 characters, or of fewer than three kinds of them."""
    word = str((profile or {}).get("password") or "")
    if not 8 <= len(word) <= 256 or sum(bool(kind.search(word)) for kind in _CLASSES) < 3:
        raise refused(
            "The specified password does not comply with password complexity requirements. Please provide a different "
            "password."
        )


def changed(call: Call, known: JSON | None, given: JSON | None) -> JSON | None:
    """The profile after a PATCH. An application needs the permission for it, a person an administrator's role."""
    if given is None:
        return known
    held = call.token.roles if call.token.app_only else call.token.scopes
    if PERMISSION not in held and not call.token.wids & SETTERS:
        raise denied()
    if "password" in given:
        check(given)
    return {**(known or {}), **given}

"""The names by which we know what is ours: the app's stable key, its ownership marker, credential and run names.

A display name is never an identity: anybody may use it, and people rename things.
"""

import hashlib
import re
import secrets
from datetime import datetime

TAG = "tenantry"
_RUN = re.compile(r"(?<![0-9A-Za-z])tenantry-(?P<run>\d{8}T\d{6}Z-[0-9a-f]{6})-(?P<n>\d+)$")
_LONGEST = 40
_MARKER = 128


def unique_name(integration: str) -> str:
    """The app's `uniqueName`: a stable, short key made of the integration's name; unique within the tenant."""
    slug = re.sub(r"[^a-z0-9]+", "-", integration.lower()).strip("-")[:_LONGEST]
    if slug != integration:
        slug = f"{slug}-{hashlib.sha256(integration.encode()).hexdigest()[:8]}".strip("-")
    return f"tenantry-{slug}"


def owner_tag(tenant: str, integration: str) -> str:
    """The tag that says whose the app is: which integration of which tenant in the workspace."""
    return f"{TAG}:{tenant}/{integration}"


def notes(tenant: str, integration: str) -> str:
    """The text in the app's notes, for people who meet it in the portal."""
    return (
        f"Made by Tenantry for {tenant}/{integration}. "
        "Change tenantry.toml and run `tenantry provision apply` instead of editing here."
    )


def account_marker(tenant: str, integration: str) -> str:
    """What stands in the jobTitle (128 characters at most) of an account that we made: whose it is."""
    tag = owner_tag(tenant, integration)
    return tag if len(tag) <= _MARKER else f"{tag[: _MARKER - 9]}-{hashlib.sha256(tag.encode()).hexdigest()[:8]}"


def group_notes(tenant: str, integration: str) -> str:
    """The description of the group of integration users: the mark that it is ours, and a word to who meets it."""
    return (
        f"Made by Tenantry for {tenant}/{integration}: accounts that Conditional Access policies let off. "
        "Put nobody else in it."
    )


def new_run(now: datetime) -> str:
    """A name for one run: its time and six random hexadecimal digits."""
    return f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def credential_name(description: str, run: str, n: int) -> str:
    """A display name that no other attempt uses, so that a credential of unknown outcome can be found again."""
    return f"{description} tenantry-{run}-{n}".strip()


def run_of(credential: str | None) -> str | None:
    """The run that made the credential of this display name; None where the name is not one of ours."""
    found = _RUN.search(credential or "")
    return found["run"] if found else None

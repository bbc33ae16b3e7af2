"""An issuer's token with which an app signs in instead of a secret: read anew each time, since issuers renew it.

Source: learn.microsoft.com/entra/workload-id/workload-identity-federation.
"""

import os
from collections.abc import Callable
from pathlib import Path

from tenantry.errors import UsageError
from tenantry.integration import StoreRef
from tenantry.redact import remember

_FIX = "Run this where the issuer puts its token, or name the place in [tenant.integration.credential] store."


def from_place(place: StoreRef, root: Path) -> Callable[[], str]:
    """What reads the token: a file, a variable that holds it, or a variable named …_FILE that names its file.

    The function raises UsageError where no token is there; it never shows what is.
    """

    def read() -> str:
        if place.kind == "file" and place.path:
            return _token(_file(root / place.path), f"file {place.path}")
        if place.kind != "environment" or not place.name:
            raise UsageError(f"A federated credential is not kept in a {place.kind}.", fix=_FIX)
        value = os.environ.get(place.name, "").strip()
        if not value:
            raise UsageError(f"The environment variable {place.name} is not set, which signing in needs.", fix=_FIX)
        if place.name.upper().endswith("_FILE"):
            return _token(_file(Path(value)), f"file that {place.name} names")
        return _token(value, f"environment variable {place.name}")

    return read


def _file(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise UsageError(f"The issuer's token in {path} cannot be read: {reason}.", fix=_FIX) from None


def _token(text: str, place: str) -> str:
    """The text, once it looks like a token: three parts with dots between."""
    if text.count(".") != 2 or any(character.isspace() for character in text):
        raise UsageError(f"The {place} holds no token of an issuer (a JWT).", fix=_FIX)
    remember(text)
    return text

"""Where the passwords of integration users lie: an entry of their own each, beside the app's credential."""

import hashlib
import re

import msgspec

from tenantry.integration import StoreRef

_LONGEST = 100


def beside(ref: StoreRef, user: str) -> StoreRef:
    """The place of one user's password, by user principal name; the same store, another entry.

    A file `secrets/telia` has `secrets/telia.anna@contoso.com` beside it, a keyring entry `contoso/telia` has
    `contoso/telia anna@contoso.com`, a variable `TELIA` has `TELIA_ANNA_CONTOSO_COM`, and a vault's secret a name with
    a few digits that keep two users apart whose names a vault would spell alike.
    """
    name = user.lower()
    if ref.kind == "file":
        return msgspec.structs.replace(ref, path=f"{ref.path}.{_safe(name, r'[^a-z0-9@._-]+')}")
    if ref.kind == "keyring":
        return msgspec.structs.replace(ref, name=f"{ref.name} {name}")
    if ref.kind == "environment":
        return msgspec.structs.replace(ref, name=f"{ref.name}_{_plain(name, '_').upper()}")
    return msgspec.structs.replace(ref, name=f"{(ref.name or '')[:50]}-{_plain(name, '-')[:50]}-{_digits(name)}")


def _safe(name: str, unsafe: str) -> str:
    """The name as a part of a file's name; what had to be spelled differently is told apart by digits."""
    plain = re.sub(unsafe, "-", name)[:_LONGEST]
    return plain if plain == name else f"{plain}-{_digits(name)}"


def _plain(name: str, between: str) -> str:
    return re.sub(r"[^a-z0-9]+", between, name).strip(between)


def _digits(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:8]

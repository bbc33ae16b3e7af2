"""What is shown of credentials: never a secret, a certificate only to who selects it on one object."""

from typing import Any

JSON = dict[str, Any]


def shown_credentials(row: JSON) -> JSON:
    """An application or service principal whose credentials may be shown."""
    if not row.get("passwordCredentials") and not row.get("keyCredentials"):
        return row
    return {
        **row,
        "passwordCredentials": [public(one) for one in row.get("passwordCredentials") or ()],
        "keyCredentials": [{**public(one), "key": None} for one in row.get("keyCredentials") or ()],
    }


def shown_with_keys(row: JSON) -> JSON:
    """The same, with the certificates: `$select=keyCredentials` on a single object."""
    return {**shown_credentials(row), "keyCredentials": [public(one) for one in row.get("keyCredentials") or ()]}


def public(entry: JSON) -> JSON:
    """A credential without the keys that are ours."""
    return {name: value for name, value in entry.items() if not name.startswith("@")}

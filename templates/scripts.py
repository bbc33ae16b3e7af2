"""The Exchange scripts: which kinds there are, what each needs, and their bytes. Nothing here touches a network.

A script narrows an app to its mailboxes or writes evidence. It is read, signed and run by a person; `write` puts it
into a folder with a list of SHA-256 beside it.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec

from templates import ROOT, quoting, render_bytes
from tenantry.errors import RenderRefused
from tenantry.files import write_atomic

AccessRight = Literal["RestrictAccess", "DenyAccess"]

SUMS = "SHA256SUMS"
NAME_LIMIT = 64  # of management scopes and role assignments; New-ManagementScope's page
ENVIRONMENTS = {"usgov": "O365USGovGCCHigh", "usgov-dod": "O365USGovDoD", "china": "O365China"}


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of script: its name on the command line, for which products, and what it does in one sentence."""

    name: str
    products: tuple[str, ...]
    does: str


KINDS: tuple[Kind, ...] = (
    Kind(
        name="rbac",
        products=("online",),
        does="Gives the app rights in the mailboxes of one group or administrative unit (RBAC for Applications).",
    ),
    Kind(
        name="access-policy",
        products=("online",),
        does="Keeps the app to the mailboxes of one group (application access policy; legacy, prefer rbac).",
    ),
    Kind(
        name="evidence",
        products=("online",),
        does="Writes down which apps may reach which mailboxes, for `tenantry audit`. Changes nothing.",
    ),
)


class Script(msgspec.Struct, frozen=True, kw_only=True):
    """A rendered script: its file name and its bytes (UTF-8 with BOM, CRLF)."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Of the bytes, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """Where a script works: the tenant's id (empty where only its domain is known), its cloud's name, our names."""

    tenant_id: str
    cloud: str
    tenant: str
    integration: str = ""

    def file_name(self, kind: str) -> str:
        """`kind-tenant-integration.ps1`, with nothing in it that a file system could take amiss."""
        parts = [kind, self.tenant, self.integration]
        return "-".join(re.sub(r"[^\w.]+", "-", part).strip("-.") for part in parts if part) + ".ps1"


class Samples(msgspec.Struct, frozen=True, kw_only=True):
    """Mailboxes to ask Exchange about afterwards: some the app should reach, some it should not."""

    inside: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()


NO_SAMPLES = Samples()


def access_policy(
    target: Target,
    *,
    app_id: str,
    group: str,
    members: Sequence[str] = (),
    samples: Samples = NO_SAMPLES,
    right: AccessRight = "RestrictAccess",
) -> Script:
    """The script that keeps an app to one group.

    Args:
        target: Where it works.
        app_id: The app's client id.
        group: Address (or object id) of the mail-enabled security group; made where no group has that address.
        members: Addresses to add to it, rooms and shared mailboxes too.
        samples: What to ask Exchange about afterwards.
        right: RestrictAccess (only members) or DenyAccess (everybody but members).

    Raises:
        RenderRefused: A value cannot stand in a script, or is empty.
    """
    chosen = quoting.word(right, "access right", ("RestrictAccess", "DenyAccess"))
    answers = ("Granted", "Denied") if chosen == "RestrictAccess" else ("Denied", "Granted")
    return _script(
        "access-policy",
        target,
        app_id=quoting.guid(app_id, "app id"),
        access_right=chosen,
        group=group,
        members=_unique(members),
        **_sample_values(samples, *answers),
    )


def rbac(
    target: Target,
    *,
    app_id: str,
    service_principal_id: str,
    permissions: Iterable[str],
    group: str = "",
    administrative_unit: str = "",
    members: Sequence[str] = (),
    samples: Samples = NO_SAMPLES,
    name: str = "",
) -> Script:
    """The script that gives an app rights in one group or administrative unit.

    Args:
        target: Where it works.
        app_id: The app's client id.
        service_principal_id: Object id of the *enterprise application*; the registration's is another one.
        permissions: Graph permission names; those without an Exchange role (User.Read.All) are left out.
        group: As in `access_policy`; only its direct members count.
        administrative_unit: Instead of a group.
        members: Addresses to add to the group.
        samples: What to ask Exchange about afterwards.
        name: Of the pointer and the management scope, at most 64 characters; by default from our own names.

    Raises:
        RenderRefused: A value cannot stand in a script, is empty or too long, or no permission has a role.
    """
    app = quoting.guid(app_id, "app id")
    roles = roles_for(permissions)
    chosen = name or f"Tenantry {target.tenant} {target.integration}".strip()[:NAME_LIMIT].strip()
    if len(chosen) > NAME_LIMIT:
        raise RenderRefused(f"name: Exchange allows at most {NAME_LIMIT} characters.")
    return _script(
        "rbac",
        target,
        app_id=app,
        service_principal_id=quoting.guid(service_principal_id, "service principal id"),
        name=chosen,
        **({"administrative_unit": administrative_unit} if administrative_unit else {"group": group}),
        members=_unique(members),
        assignments=[{"role": role, "name": f"{role.removeprefix('Application ')} {app}"} for role in roles],
        **_sample_values(samples, f"{len(roles)} of {len(roles)} rights", f"0 of {len(roles)} rights"),
    )


def evidence(target: Target) -> Script:
    """The script that writes `exchange/<Cmdlet>.json` for a snapshot of the tenant."""
    return _script("evidence", target)


def roles_for(permissions: Iterable[str]) -> list[str]:
    """The Exchange application roles that equal these Graph permissions, in their order.

    Raises:
        RenderRefused: None of them has a role; `Calendars.ReadBasic.All` is such a one.
    """
    wanted = list(permissions)
    roles = [role for name in wanted for role, gives in _tables()["roles"].items() if gives == [name]]
    if not roles:
        raise RenderRefused(
            f"RBAC for Applications has no role for {', '.join(wanted) or 'no permission'}.",
            fix="Only mailbox permissions such as Calendars.Read can be given this way.",
        )
    return roles


def narrowed_by_policy(permissions: Iterable[str]) -> list[str]:
    """Those of the permissions that an application access policy narrows; the others it leaves as they are."""
    return [name for name in permissions if name in _tables()["access_policy_permissions"]]


def write(scripts: Sequence[Script], folder: Path) -> list[Path]:
    """Writes the scripts and brings the folder's SHA256SUMS up to date; returns the scripts' paths."""
    sums = _read_sums(folder / SUMS)
    paths = []
    for script in scripts:
        write_atomic(folder / script.name, script.content)
        sums[script.name] = script.sha256
        paths.append(folder / script.name)
    write_atomic(folder / SUMS, "".join(f"{sums[name]}  {name}\n" for name in sorted(sums)))
    return paths


def _script(kind: str, target: Target, **values: Any) -> Script:
    name = target.file_name(kind)
    common = {
        "tenant_id": quoting.guid(target.tenant_id, "tenant id") if target.tenant_id else "",
        "environment": ENVIRONMENTS.get(target.cloud, "O365Default"),
        "result_name": name.removesuffix(".ps1") + ".result.json",
    }
    _no_blanks(values)
    return Script(name=name, content=render_bytes(f"powershell/{kind}.ps1", **common, **values))


def _sample_values(samples: Samples, inside: str, outside: str) -> dict[str, Any]:
    return {
        "samples_inside": _unique(samples.inside),
        "samples_outside": _unique(samples.outside),
        "answer_inside": inside,
        "answer_outside": outside,
    }


def _no_blanks(values: Mapping[str, Any]) -> None:
    """Refuses empty names: Exchange takes an empty identity for all objects."""
    for field, value in values.items():
        texts = [value] if isinstance(value, str) else value.values() if isinstance(value, Mapping) else value
        if any(isinstance(text, str) and not text.strip() for text in texts):
            raise RenderRefused(f"{field}: is empty.", fix="Exchange takes an empty name for all objects.")


def _unique(texts: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def _read_sums(path: Path) -> dict[str, str]:
    """What the list holds for files that are still there."""
    if not path.is_file():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = (line.partition("  ") for line in lines)
    return {name: digest for digest, _, name in pairs if name and (path.parent / name).is_file()}


@cache
def _tables() -> dict[str, Any]:
    """Roles and permissions, generated from the reference data (`dev_tables.py`)."""
    loaded: dict[str, Any] = json.loads((ROOT / "tables" / "exchange.json").read_text(encoding="utf-8"))
    return loaded

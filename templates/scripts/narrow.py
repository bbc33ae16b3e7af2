"""Scripts that keep an app to its mailboxes: access policies, RBAC for Applications, and the way to the latter."""

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import msgspec

from templates import quoting
from templates.scripts.script import NAME_LIMIT, Script, Target, make, tables, unique
from tenantry.errors import RenderRefused

AccessRight = Literal["RestrictAccess", "DenyAccess"]


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
    return make(
        "access-policy",
        target,
        app_id=quoting.guid(app_id, "app id"),
        access_right=chosen,
        group=group,
        members=unique(members),
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
    return make(
        "rbac",
        target,
        app_id=app,
        service_principal_id=quoting.guid(service_principal_id, "service principal id"),
        name=_name(target, name),
        **_either(administrative_unit, group),
        members=unique(members),
        assignments=_assignments(roles, app),
        **_sample_values(samples, f"{len(roles)} of {len(roles)} rights", f"0 of {len(roles)} rights"),
    )


def rbac_migrate(
    target: Target, *, app_id: str, service_principal_id: str, permissions: Iterable[str], group: str, name: str = ""
) -> Script:
    """The script that moves an app from its access policies to RBAC for Applications, in two phases.

    Args:
        target: Where it works.
        app_id: The app's client id.
        service_principal_id: Object id of the *enterprise application*.
        permissions: Graph permission names, as in `rbac`.
        group: Address of a mail-enabled security group for everybody the policies let the app into; made if needed.
        name: As in `rbac`.

    Raises:
        RenderRefused: As in `rbac`.
    """
    app = quoting.guid(app_id, "app id")
    wanted = list(permissions)
    roles = roles_for(wanted)
    return make(
        "rbac-migrate",
        target,
        app_id=app,
        service_principal_id=quoting.guid(service_principal_id, "service principal id"),
        name=_name(target, name),
        group=group,
        permissions=[permission for permission in wanted if _role_of(permission)],
        assignments=_assignments(roles, app),
    )


def roles_for(permissions: Iterable[str]) -> list[str]:
    """The Exchange application roles that equal these Graph permissions, in their order.

    Raises:
        RenderRefused: None of them has a role; `Calendars.ReadBasic.All` is such a one.
    """
    wanted = list(permissions)
    roles = [role for name in wanted for role in _role_of(name)]
    if not roles:
        raise RenderRefused(
            f"RBAC for Applications has no role for {', '.join(wanted) or 'no permission'}.",
            fix="Only mailbox permissions such as Calendars.Read can be given this way.",
        )
    return roles


def narrowed_by_policy(permissions: Iterable[str]) -> list[str]:
    """Those of the permissions that an application access policy narrows; the others it leaves as they are."""
    return [name for name in permissions if name in tables()["access_policy_permissions"]]


def _sample_values(samples: Samples, inside: str, outside: str) -> dict[str, Any]:
    return {
        "samples_inside": unique(samples.inside),
        "samples_outside": unique(samples.outside),
        "answer_inside": inside,
        "answer_outside": outside,
    }


def _role_of(permission: str) -> list[str]:
    """The role that gives exactly this permission, where there is one."""
    return [role for role, gives in tables()["roles"].items() if gives == [permission]]


def _assignments(roles: Sequence[str], app: str) -> list[dict[str, str]]:
    return [{"role": role, "name": f"{role.removeprefix('Application ')} {app}"} for role in roles]


def _name(target: Target, name: str) -> str:
    """The name of the pointer and the scope: as given, or from our own names."""
    chosen = name or f"Tenantry {target.tenant} {target.integration}".strip()[:NAME_LIMIT].strip()
    if len(chosen) > NAME_LIMIT:
        raise RenderRefused(f"name: Exchange allows at most {NAME_LIMIT} characters.")
    return chosen


def _either(unit: str, group: str) -> dict[str, Any]:
    return {"administrative_unit": unit} if unit else {"group": group}

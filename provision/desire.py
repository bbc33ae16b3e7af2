"""Workspace and profile, resolved into what shall be."""

from datetime import datetime

from provision import naming
from provision.desire_users import users_wanted
from provision.model.desired import CredentialWanted, Desired
from provision.model.narrowing import narrowing
from tenantry.integration import People, Permission
from tenantry.profiles.model import Profile
from tenantry.workspace.model import Integration, Tenant

DEFAULT_FORBIDDEN = Permission(name="User.Read", type="delegated")
"""What the portal puts on every new app; forbidden unless a profile asks for it."""


def desire(
    tenant: Tenant,
    integration: Integration,
    profile: Profile,
    people: People,
    *,
    now: datetime,
    prune: bool = False,
    renew: bool = False,
) -> Desired:
    """One integration as it shall be; whether the profile takes such a credential was checked when it was loaded."""
    required = tuple(needed.permission for needed in profile.permissions)
    vendor_app = str(integration.options.get("vendor_app") or "").lower()
    return Desired(
        tenant=tenant.name,
        tenant_id=tenant.id,
        domain=tenant.domain,
        cloud=tenant.cloud,
        integration=integration.name,
        profile=profile.name,
        unique_name=naming.unique_name(integration.name),
        display_name=profile.display_name,
        owner_tag=naming.owner_tag(tenant.name, integration.name),
        notes=naming.notes(tenant.name, integration.name),
        single_tenant=profile.single_tenant,
        required=required,
        forbidden=_forbidden(profile, required) if not vendor_app else (),
        owners=integration.owners,
        credential=_credential(integration, profile),
        mailboxes=integration.mailboxes,
        lock=profile.lock,
        redirects=profile.platform.redirects(tenant.cloud) if profile.platform else (),
        options=integration.options,
        narrowing=narrowing(integration.mailboxes, required, integration.scoping, profile.scoping),
        time_zone=integration.time_zone,
        people=people,
        rules=integration.rules,
        sinks=integration.sinks,
        users=users_wanted(tenant, integration, profile),
        consent=profile.consent_kind or "AllPrincipals",
        better=tuple(text.get("en", "") for text in profile.better),
        vendor_app=vendor_app,
        vendor_redirect=str(integration.options.get("vendor_redirect") or ""),
        now=now,
        prune=prune,
        renew=renew,
    )


def _forbidden(profile: Profile, required: tuple[Permission, ...]) -> tuple[Permission, ...]:
    named = dict.fromkeys([*(needed.permission for needed in profile.forbidden), DEFAULT_FORBIDDEN])
    return tuple(permission for permission in named if permission not in required)


def _credential(integration: Integration, profile: Profile) -> CredentialWanted | None:
    wish, default = integration.credential, profile.credential
    if wish is None or default is None:
        return None
    return CredentialWanted(
        kind=wish.kind,
        lifetime=wish.lifetime,
        store=wish.store,
        description=default.description,
        trust=wish.trust,
    )

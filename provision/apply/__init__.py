"""The only writer: carries out a plan, change by change, in the plan's order. Every step may be repeated."""

from collections.abc import Awaitable, Callable

from provision.apply.app_role import apply_app_role
from provision.apply.application import apply_application
from provision.apply.credential import apply_credential
from provision.apply.credential.keep import note_kept
from provision.apply.delegated import apply_delegated
from provision.apply.deleted import apply_deleted
from provision.apply.emitted import apply_emitted
from provision.apply.federated import apply_federated
from provision.apply.manifest import apply_manifest
from provision.apply.owner import apply_owner
from provision.apply.scope import apply_scope
from provision.apply.service_principal import apply_service_principal
from provision.apply.users import (
    apply_account,
    apply_exclusion,
    apply_group,
    apply_member,
    apply_password,
    apply_stored_password,
)
from provision.apply.work import Work
from provision.model.change import Change, Plan

Step = Callable[[Work, Change], Awaitable[None]]

STEPS: dict[str, Step] = {
    "deletedApplication": apply_deleted,
    "application": apply_application,
    "requiredResourceAccess": apply_manifest,
    "servicePrincipal": apply_service_principal,
    "owner": apply_owner,
    "integrationUser": apply_account,
    "integrationPassword": apply_password,
    "storedPassword": apply_stored_password,
    "exclusionGroup": apply_group,
    "exclusionGroupMember": apply_member,
    "conditionalAccessPolicy": apply_exclusion,
    "oauth2PermissionGrant": apply_delegated,
    "appRoleAssignment": apply_app_role,
    "credential": apply_credential,
    "federatedIdentityCredential": apply_federated,
    "mailboxScope": apply_scope,
    "integrationFile": apply_emitted,
}
"""One line a kind of object."""


async def apply(work: Work, plan: Plan) -> None:
    """Does what the plan says. Stops at the first change that cannot be done; running again continues from there."""
    await note_kept(work)
    for change in plan.changes:
        await STEPS[change.object](work, change)

"""Giving back an app that was adopted: what we added goes, what was there before stays, and the app itself too."""

from collections.abc import Iterator
from typing import Any

from provision import naming
from provision.adopted import forget
from provision.apply.app_role import apply_app_role
from provision.apply.application import apply_application
from provision.apply.credential import apply_credential
from provision.apply.delegated import apply_delegated
from provision.apply.federated import apply_federated
from provision.apply.manifest import write_manifest
from provision.apply.owner import apply_owner
from provision.apply.repeat import delete
from provision.apply.work import Work
from provision.model.actual import Actual, Application, DelegatedGrant, RoleGrant
from provision.model.adoption import Adoption, Before
from provision.model.change import Change, change
from provision.model.desired import Desired
from provision.plan.consent import landing
from provision.plan.federated import KIND
from provision.plan.manifest_entry import declare, describe
from provision.plan.properties import LOCK
from provision.rights import APP_ROLE, APPLICATION, DELEGATED, LOCAL

_GOES = "a run of ours added it"


def plan_release(desired: Desired, actual: Actual) -> list[Change]:
    """What giving the app back takes away; where another workspace adopted it, only what bears our mark."""
    application, note = actual.application, actual.adopted
    assert application is not None
    assert note is not None
    changes = list(_credentials(application, note))
    if note.before is not None:
        changes += _grants(desired, actual, note.before)
        changes += _registration(desired, actual, application, note.before)
    changes += _marker(desired, application, note)
    return sorted(changes, key=lambda step: list(STEPS).index(step.object))


def plan_vendor_release(desired: Desired, actual: Actual, *, everything: bool) -> list[Change]:
    """The grants that our runs made; the vendor's service principal itself only when that is asked for."""
    if actual.service_principal is None:
        return []
    if everything:
        before = {"id": actual.service_principal, "appId": desired.vendor_app}
        reason = "the consent goes with it; the vendor's app itself is the vendor's and stays"
        right = APPLICATION
        return [
            change(
                "delete",
                "servicePrincipal",
                desired.vendor_app,
                right=right,
                before=before,
                reason=reason,
                risk="high",
            )
        ]
    ours = [grant for grant in actual.grants if grant.id in actual.ours]
    changes = [_revoked(actual, grant) for grant in ours]
    for delegated in actual.delegated:
        if delegated.id in actual.ours:
            changes.append(_withdrawn(actual, delegated, []))
    return sorted(changes, key=lambda step: list(STEPS).index(step.object))


def _revoked(actual: Actual, grant: RoleGrant) -> Change:
    resource = actual.resource_of(grant.resource_id)
    name = (resource.permission_name(grant.role_id, "Role") if resource else None) or grant.role_id
    what = {"id": grant.id, "resourceId": grant.resource_id, "appRoleId": grant.role_id}
    return change("revoke", "appRoleAssignment", name, right=APP_ROLE, before=what, reason=_GOES, risk="medium")


def _withdrawn(actual: Actual, grant: DelegatedGrant, kept: list[str]) -> Change:
    resource = actual.resource_of(grant.resource_id)
    whom = "everybody" if grant.principal_id is None else f"user {grant.principal_id}"
    what = {"id": grant.id, "resourceId": grant.resource_id, "principalId": grant.principal_id}
    return change(
        "revoke",
        "oauth2PermissionGrant",
        f"{resource.name if resource else grant.resource_id} for {whom}",
        right=DELEGATED,
        before={**what, "scopes": list(grant.scopes)},
        after={"scopes": kept} if kept else None,
        reason=_GOES,
        risk="medium",
    )


def removed(changes: list[Change]) -> set[str]:
    """Ids of the credentials that go."""
    return {step.before["id"] for step in changes if step.object == "credential"}


def _credentials(application: Application, note: Adoption) -> Iterator[Change]:
    known = note.before.credentials if note.before else ()
    for found in application.credentials:
        if naming.run_of(found.name) and found.id not in known:
            before = {"id": found.id, "kind": found.kind, "name": found.name, "expires": found.end}
            name = found.name or found.id
            yield change("delete", "credential", name, right=APPLICATION, before=before, reason=_GOES, risk="high")


def _grants(desired: Desired, actual: Actual, before: Before) -> Iterator[Change]:
    if before.service_principal is None:
        if actual.service_principal is not None:
            reason = f"{_GOES}; its grants go with it"
            yield change(
                "delete",
                "servicePrincipal",
                desired.unique_name,
                right=APPLICATION,
                before={"id": actual.service_principal},
                reason=reason,
                risk="high",
            )
        return
    held = {(grant.resource_id, grant.role_id) for grant in before.grants}
    asked = {
        (resource.id, role)
        for permission in desired.required
        if (resource := actual.resources.get(permission.resource))
        and (role := resource.permission_id(permission.name, "application"))
        and permission.type == "application"
    }
    for grant in actual.grants:
        key = (grant.resource_id, grant.role_id)
        if key in asked and key not in held:
            yield _revoked(actual, grant)
    for delegated in actual.delegated:
        yield from _delegated(desired, actual, delegated, before)


def _delegated(desired: Desired, actual: Actual, grant: DelegatedGrant, before: Before) -> Iterator[Change]:
    resource = actual.resource_of(grant.resource_id)
    asked = {p.name for p in desired.required if p.type == "delegated" and resource and p.resource == resource.name}
    held = {
        scope
        for was in before.delegated
        if (was.resource_id, was.principal_id) == (grant.resource_id, grant.principal_id)
        for scope in was.scopes
    }
    kept = [scope for scope in grant.scopes if scope in held or scope not in asked]
    if len(kept) < len(grant.scopes):
        yield _withdrawn(actual, grant, kept)


def _registration(desired: Desired, actual: Actual, application: Application, before: Before) -> Iterator[Change]:
    listed = {actual.people.get(name): name for name in desired.owners}
    for owner in application.owners:
        if owner in listed and owner not in before.owners:
            what = {"id": owner}
            yield change("delete", "owner", listed[owner], right=APPLICATION, before=what, reason=_GOES, risk="medium")
    asked = {declare(permission, actual) for permission in desired.required} - set(before.declared)
    kept = tuple(entry for entry in application.declared if entry not in asked)
    if kept != application.declared:
        yield change(
            "update",
            "requiredResourceAccess",
            desired.unique_name,
            right=APPLICATION,
            before=sorted(describe(entry, actual) for entry in application.declared),
            after=sorted(describe(entry, actual) for entry in kept),
            reason=_GOES,
            risk="medium",
        )
    for one in application.federated:
        if one.name.lower() == desired.unique_name.lower() and one.id not in before.federated:
            trust = {"id": one.id, "issuer": one.issuer, "subject": one.subject, "audiences": list(one.audiences)}
            yield change("delete", KIND, one.name, right=APPLICATION, before=trust, reason=_GOES, risk="high")
    yield from _properties(desired, application, before)


def _properties(desired: Desired, application: Application, before: Before) -> Iterator[Change]:
    """What apply brings to the profile's wish is set back to what it was."""
    mobile = [uri for uri in application.redirects if uri in before.redirects or uri not in desired.redirects]
    web = [uri for uri in application.web_redirects if uri in before.web_redirects or uri != landing(desired.cloud)]
    now: dict[str, Any] = {
        "signInAudience": application.audience,
        LOCK: application.lock,
        "publicClient": {"redirectUris": list(application.redirects)},
        "web": {"redirectUris": list(application.web_redirects)},
    }
    was: dict[str, Any] = {
        "signInAudience": before.audience or application.audience,
        LOCK: before.lock if desired.lock else application.lock,
        "publicClient": {"redirectUris": mobile},
        "web": {"redirectUris": web},
    }
    for name, value in now.items():
        if value != was[name]:
            yield change(
                "update",
                "application",
                f"{desired.unique_name} {name}",
                right=APPLICATION,
                before={name: value},
                after={name: was[name]},
                reason="it was so before the app was adopted",
                risk="medium",
            )


def _marker(desired: Desired, application: Application, note: Adoption) -> Iterator[Change]:
    ours = {naming.TAG, desired.owner_tag} - set(note.before.tags if note.before else ())
    tags = [tag for tag in application.tags if tag not in ours]
    notes = application.notes
    if notes == desired.notes:
        notes = note.before.notes if note.before else None
    yield change(
        "update",
        "adoption",
        f"{application.display_name} ({application.app_id})",
        right=APPLICATION,
        before={"tags": list(application.tags), "notes": application.notes},
        after={"tags": tags, "notes": notes},
        reason="our marker comes off: the app was there before us and stays, with its own credentials and grants",
        risk="medium",
    )
    reason = "the app is nobody's of ours any more"
    yield change("delete", "adoptionNote", desired.target, right=LOCAL, reason=reason)


async def _manifest(work: Work, step: Change) -> None:
    """Takes our entries out of the list, as it is now."""
    application, note = work.actual.application, work.actual.adopted
    assert application is not None
    assert note is not None
    assert note.before is not None
    asked = {declare(permission, work.actual) for permission in work.desired.required} - set(note.before.declared)
    kept = tuple(entry for entry in application.declared if entry not in asked)
    await write_manifest(work, step, application.declared, kept)


async def _service_principal(work: Work, step: Change) -> None:
    async with work.write(step, known=step.before["id"]):
        await delete(work, f"/servicePrincipals/{step.before['id']}")


async def _note(work: Work, step: Change) -> None:
    from provision.adopted import path_of

    path = path_of(work.root, work.desired.target)
    text = path.read_text(encoding="utf-8") if path.exists() else None
    async with work.write(step, known=work.object_id, undo={"text": text}):
        forget(work.root, work.desired.target)


STEPS = {
    "appRoleAssignment": apply_app_role,
    "oauth2PermissionGrant": apply_delegated,
    "servicePrincipal": _service_principal,
    "credential": apply_credential,
    "requiredResourceAccess": _manifest,
    "application": apply_application,
    KIND: apply_federated,
    "owner": apply_owner,
    "adoption": apply_application,
    "adoptionNote": _note,
}
"""In the order in which things are taken away; the note goes last, so that a run cut short can be gone on with."""

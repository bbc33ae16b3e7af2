"""The integration file on this machine: written again where it says something else than it should."""

from collections.abc import Iterable

from provision.emit import granted_permissions, integration_file
from provision.model.actual import Actual
from provision.model.change import Change, change
from provision.model.desired import Desired
from provision.plan.consent import lacking
from provision.plan.credential import current
from provision.rights import LOCAL
from tenantry.integration import AppRef, CredentialRef, IntegrationFile, Permission

_APP = ("deletedApplication", "application", "servicePrincipal", "credential", "federatedIdentityCredential")
_OF_THE_MOMENT = ("tool", "emitted")


def plan_emitted(desired: Desired, actual: Actual, changes: Iterable[Change]) -> list[Change]:
    """The change that writes the file, where it is missing or differs; nothing where it is as it should be."""
    if desired.vendor_app and actual.service_principal is None:
        return []  # there is nothing to write about until somebody consented
    if actual.emitted is None:
        reason = "the sync runner and the audit read it"
        return [_write("create", desired, None, reason)]
    makes = any(c.object in _APP and c.action == "create" for c in changes)
    fields = _differing(desired, actual, actual.emitted)
    if makes and not {"app", "credential"} & set(fields):
        fields = [*fields, "credential"]
    if not fields:
        return []
    return [_write("update", desired, fields, "it does not say any more what tenantry.toml and the tenant say")]


def _write(action: str, desired: Desired, fields: list[str] | None, reason: str) -> Change:
    name = f"integrations/{desired.target}.json"
    if action == "create":
        return change("create", "integrationFile", name, right=LOCAL, reason=reason)
    return change("update", "integrationFile", name, right=LOCAL, after={"fields": fields}, reason=reason)


def _differing(desired: Desired, actual: Actual, emitted: IntegrationFile) -> list[str]:
    """Top-level fields that differ, apart from when and by what the file was written and what was granted then."""
    wanted = integration_file(
        desired,
        actual,
        app=_app(desired, actual) or emitted.app,
        credential=_credential(desired, actual) or (emitted.credential if desired.credential else None),
        granted=_granted(desired, actual, emitted),
        tool=emitted.tool,
        now=desired.now,
    )
    fields = [field for field in IntegrationFile.__struct_fields__ if field not in _OF_THE_MOMENT]
    return [field for field in fields if getattr(wanted, field) != getattr(emitted, field)]


def _granted(desired: Desired, actual: Actual, emitted: IntegrationFile) -> Iterable[Permission]:
    """What the file says was granted; what is granted now, where that has what is required and the file does not."""
    open_ = lacking(desired, actual)
    there = {p for p in desired.in_entra if p not in open_ and (p.type == "application" or desired.consent != "user")}
    return emitted.permissions.granted if there <= set(emitted.permissions.granted) else granted_permissions(actual)


def _app(desired: Desired, actual: Actual) -> AppRef | None:
    application = actual.application
    if desired.vendor_app and actual.service_principal is not None:
        return AppRef(
            app_id=desired.vendor_app, object_id="", service_principal_id=actual.service_principal, unique_name=""
        )
    if application is None or actual.service_principal is None:
        return None
    return AppRef(
        app_id=application.app_id,
        object_id=application.id,
        service_principal_id=actual.service_principal,
        unique_name=application.unique_name,
        display_name=application.display_name if actual.adopted else "",
    )


def _credential(desired: Desired, actual: Actual) -> CredentialRef | None:
    wish, stored = desired.credential, actual.stored
    if wish is None or stored is None or current(desired, actual) is None:
        return None
    return CredentialRef(kind=wish.kind, id=stored.id, expires=stored.expires, store=wish.store)

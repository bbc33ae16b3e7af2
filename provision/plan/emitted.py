"""The integration file on this machine: written again where it says something else than it should."""

from collections.abc import Iterable

from provision.emit import integration_file
from provision.model.actual import Actual
from provision.model.change import Change, change
from provision.model.desired import Desired
from provision.plan.credential import current
from provision.rights import LOCAL
from tenantry.integration import AppRef, CredentialRef, IntegrationFile

_APP = ("deletedApplication", "application", "servicePrincipal", "credential")
_OF_THE_MOMENT = ("tool", "emitted")


def plan_emitted(desired: Desired, actual: Actual, changes: Iterable[Change]) -> list[Change]:
    """The change that writes the file, where it is missing or differs; nothing where it is as it should be."""
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
        app=_app(actual) or emitted.app,
        credential=_credential(desired, actual) or (emitted.credential if desired.credential else None),
        granted=emitted.permissions.granted,
        tool=emitted.tool,
        now=desired.now,
    )
    fields = [field for field in IntegrationFile.__struct_fields__ if field not in _OF_THE_MOMENT]
    return [field for field in fields if getattr(wanted, field) != getattr(emitted, field)]


def _app(actual: Actual) -> AppRef | None:
    application = actual.application
    if application is None or actual.service_principal is None:
        return None
    return AppRef(
        app_id=application.app_id,
        object_id=application.id,
        service_principal_id=actual.service_principal,
        unique_name=application.unique_name,
    )


def _credential(desired: Desired, actual: Actual) -> CredentialRef | None:
    wish, stored = desired.credential, actual.stored
    if wish is None or stored is None or current(desired, actual) is None:
        return None
    return CredentialRef(kind=wish.kind, id=stored.id, expires=stored.expires, store=wish.store)

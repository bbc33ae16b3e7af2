"""Signing in: the operator in one of several ways, and the integration's own app with its stored credential."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tenantry.errors import UsageError
from tenantry.integration import IntegrationFile
from tenantry.signin.assertion import from_place
from tenantry.signin.credential import Credential, PersonCredential, explained
from tenantry.signin.ways import WAYS, Asked, app_options, to_stderr
from tenantry.stores import StoredCredential
from tenantry.workspace.model import Tenant

__all__ = ["AUDITOR", "OPERATOR", "Credential", "PersonCredential", "application", "explained", "operator"]

# Delegated permissions that a person who provisions, or only audits, signs in with.
OPERATOR = (
    "Application.ReadWrite.All",
    "AppRoleAssignment.ReadWrite.All",
    "DelegatedPermissionGrant.ReadWrite.All",
    "Directory.Read.All",
    "Policy.Read.All",
)
AUDITOR = ("Application.Read.All", "Directory.Read.All", "Policy.Read.All", "RoleManagement.Read.Directory")


def operator(
    tenant: Tenant, root: Path, *, permissions: tuple[str, ...] = OPERATOR, tell: Callable[[str], None] = to_stderr
) -> Credential | PersonCredential:
    """Whoever runs the command, signed in as the tenant's `sign_in` says.

    Args:
        tenant: Which tenant; its cloud gives authority, scope and trust.
        root: The workspace.
        permissions: Delegated permissions to ask a person for; an app has what was granted to it.
        tell: Where a device code is shown.

    Raises:
        UsageError: An environment variable is missing or names another tenant.
        ConfigurationError: The cloud's CA file is not there.
    """
    scopes = tuple(f"{tenant.cloud.graph}/{name}" for name in permissions)
    return WAYS[tenant.sign_in](Asked(tenant, root, scopes, tell))


def application(file: IntegrationFile, root: Path, stored: StoredCredential | None = None) -> Credential:
    """The integration's own app, with what was stored; a federated one with its issuer's token, read when needed.

    Raises:
        UsageError: The stored credential is not of a kind that can sign in.
    """
    tenant = Tenant(name=file.tenant.name, cloud=file.tenant.cloud, id=file.tenant.id)
    client = file.app.app_id
    if file.credential is not None and file.credential.kind == "federated":
        return _federated(tenant, client, root, from_place(file.credential.store, root))
    if stored is None:
        raise UsageError("Nothing is stored to sign in with.", fix="Run `tenantry provision apply`.")
    if stored.secret is not None:
        secret = stored.secret.reveal()

        def with_secret() -> Any:
            from azure.identity.aio import ClientSecretCredential

            return ClientSecretCredential(tenant.authority, client, secret, **app_options(tenant, root))

        return Credential(with_secret, secret=secret)
    if stored.certificate_pem is None:
        raise UsageError("The stored credential holds neither a secret nor a certificate.", fix="Store it again.")
    pem = stored.certificate_pem.reveal().encode()

    def with_certificate() -> Any:
        from azure.identity.aio import CertificateCredential

        return CertificateCredential(tenant.authority, client, certificate_data=pem, **app_options(tenant, root))

    return Credential(with_certificate)


def _federated(tenant: Tenant, client: str, root: Path, assertion: Callable[[], str]) -> Credential:
    def make() -> Any:
        from azure.identity.aio import ClientAssertionCredential

        return ClientAssertionCredential(tenant.authority, client, assertion, **app_options(tenant, root))

    return Credential(make)

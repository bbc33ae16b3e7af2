"""The ways an operator signs in, each an azure-identity credential. One function a way, one line each in WAYS."""

import os
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tenantry import network
from tenantry.errors import UsageError
from tenantry.files import write_atomic
from tenantry.redact import remember
from tenantry.signin.credential import Credential, PersonCredential
from tenantry.workspace.lock import folder
from tenantry.workspace.model import SignIn, Tenant

# Microsoft Graph Command Line Tools: Microsoft's own public client for administrators, known to every tenant.
GRAPH_TOOLS = "14d82eec-204b-4c2f-b7e8-296a70dab67e"
_SECRET = ("AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_TENANT_ID")
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TIMEOUTS = {"connection_timeout": 20, "read_timeout": 60}


class Asked(NamedTuple):
    """What a way needs: the tenant, its workspace, the delegated scopes of a person, and where prompts go."""

    tenant: Tenant
    root: Path
    scopes: tuple[str, ...]
    tell: Callable[[str], None]


def options(tenant: Tenant, root: Path) -> dict[str, Any]:
    """What every credential is made with: authority, trust, proxies, time-outs; repeats are ours, by the clock."""
    login = tenant.cloud.login
    bundle = network.bundle(tenant.cloud, root)
    made: dict[str, Any] = {"authority": login, "retry_total": 0, **_TIMEOUTS}
    if not tenant.cloud.built_in:
        made["disable_instance_discovery"] = True
    if bundle is not None:
        made["connection_verify"] = str(bundle)
    if network.loopback(login):
        made["use_env_settings"] = False
    return made


def app_options(tenant: Tenant, root: Path) -> dict[str, Any]:
    """The same for an app's asynchronous credential, over requests, which azure-identity has imported anyway.

    Its default, aiohttp, takes as long to import as all that a plan does else.
    """
    from azure.core.pipeline.transport import AsyncioRequestsTransport

    made = options(tenant, root)
    names = ("connection_verify", "use_env_settings", *_TIMEOUTS)
    return {**made, "transport": AsyncioRequestsTransport(**{name: made[name] for name in names if name in made})}


def environment(asked: Asked) -> Credential:
    """An app from AZURE_CLIENT_ID with AZURE_CLIENT_SECRET or AZURE_CLIENT_CERTIFICATE_PATH.

    Where one workspace holds several tenants with an app each, the variables end in the tenant's name:
    `AZURE_CLIENT_SECRET_CONTOSO`; those without an end are for all others.
    """
    if not variable(asked.tenant, "AZURE_CLIENT_SECRET") and variable(asked.tenant, "AZURE_CLIENT_CERTIFICATE_PATH"):
        return certificate(asked)
    return client_secret(asked)


def client_secret(asked: Asked) -> Credential:
    """An app with a secret, both from the environment."""
    client = _variables(asked.tenant, _SECRET[:2])
    secret = variable(asked.tenant, "AZURE_CLIENT_SECRET").strip()
    remember(secret)

    def make() -> Any:
        from azure.identity.aio import ClientSecretCredential

        return ClientSecretCredential(asked.tenant.authority, client, secret, **app_options(asked.tenant, asked.root))

    return Credential(make, secret=secret)


def certificate(asked: Asked) -> Credential:
    """An app with a certificate: AZURE_CLIENT_CERTIFICATE_PATH (PEM or PFX) and perhaps its password."""
    client = _variables(asked.tenant, ("AZURE_CLIENT_ID", "AZURE_CLIENT_CERTIFICATE_PATH"))
    path = Path(variable(asked.tenant, "AZURE_CLIENT_CERTIFICATE_PATH"))
    password = variable(asked.tenant, "AZURE_CLIENT_CERTIFICATE_PASSWORD") or None
    remember(password or "")
    if not path.is_file():
        raise UsageError(f"AZURE_CLIENT_CERTIFICATE_PATH names {path}, which is not there.")

    def make() -> Any:
        from azure.identity.aio import CertificateCredential

        given = app_options(asked.tenant, asked.root)
        return CertificateCredential(asked.tenant.authority, client, str(path), password=password, **given)

    return Credential(make)


def azure_cli(asked: Asked) -> Credential:
    """Whoever `az login` signed in."""

    def make() -> Any:
        from azure.identity.aio import AzureCliCredential

        return AzureCliCredential(tenant_id=asked.tenant.authority, process_timeout=60)

    return Credential(make)


def managed_identity(asked: Asked) -> Credential:
    """The machine's identity in Azure; AZURE_CLIENT_ID chooses a user-assigned one."""
    del asked

    def make() -> Any:
        from azure.identity.aio import ManagedIdentityCredential

        return ManagedIdentityCredential(client_id=os.environ.get("AZURE_CLIENT_ID"))

    return Credential(make)


def workload_identity(asked: Asked) -> Credential:
    """A pod's identity: AZURE_CLIENT_ID and AZURE_FEDERATED_TOKEN_FILE, as the platform sets them."""
    client = _variables(asked.tenant, ("AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE"))

    def make() -> Any:
        from azure.identity.aio import WorkloadIdentityCredential

        given = app_options(asked.tenant, asked.root)
        file = os.environ["AZURE_FEDERATED_TOKEN_FILE"]
        return WorkloadIdentityCredential(
            tenant_id=asked.tenant.authority, client_id=client, token_file_path=file, **given
        )

    return Credential(make)


def browser(asked: Asked) -> PersonCredential:
    """A person at a browser on this machine."""

    def make() -> Any:
        from azure.identity import InteractiveBrowserCredential

        return InteractiveBrowserCredential(**_person(asked))

    return PersonCredential(make, asked.scopes, lambda record: _remember(asked, record))


def device_code(asked: Asked) -> PersonCredential:
    """A person at any browser, who types a code shown here."""

    def prompt(address: str, code: str, _: object) -> None:
        asked.tell(f"To sign in to {asked.tenant.name}, open {address} in a browser and enter the code {code}.")

    def make() -> Any:
        from azure.identity import DeviceCodeCredential

        return DeviceCodeCredential(prompt_callback=prompt, **_person(asked))

    return PersonCredential(make, asked.scopes, lambda record: _remember(asked, record))


WAYS: Mapping[SignIn, Callable[[Asked], Credential | PersonCredential]] = {
    "browser": browser,
    "device-code": device_code,
    "azure-cli": azure_cli,
    "environment": environment,
    "client-secret": client_secret,
    "certificate": certificate,
    "managed-identity": managed_identity,
    "workload-identity": workload_identity,
}


def to_stderr(text: str) -> None:
    """Where prompts go by default."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def _person(asked: Asked) -> dict[str, Any]:
    """Options of a person's credential: who signed in before, and a token cache that outlives the process."""
    from azure.identity import TokenCachePersistenceOptions

    made = options(asked.tenant, asked.root)
    del made["retry_total"]  # a person's sign-in takes its time anyway
    made["client_id"] = os.environ.get("AZURE_CLIENT_ID") or GRAPH_TOOLS
    made["tenant_id"] = asked.tenant.authority
    made["disable_automatic_authentication"] = True  # PersonCredential asks, and writes down who it was
    # Where no keyring runs the cache is a file that only its owner can read.
    made["cache_persistence_options"] = TokenCachePersistenceOptions(name="tenantry", allow_unencrypted_storage=True)
    known = _known(asked)
    if known is not None:
        made["authentication_record"] = known
        del made["authority"]  # the record's own
    return made


def _known(asked: Asked) -> Any:
    """Who signed in before, or None; a record of another cloud or one that cannot be read does not count."""
    from azure.identity import AuthenticationRecord

    try:
        record = AuthenticationRecord.deserialize(_record(asked).read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError):
        return None
    login = asked.tenant.cloud.login
    if record.authority != urlsplit(login).netloc:
        return None
    # Written as a bare host; with a port (a rehearsal) it would not be read as an address again.
    return AuthenticationRecord(record.tenant_id, record.client_id, login, record.home_account_id, record.username)


def _remember(asked: Asked, record: str) -> None:
    """Writes down who signed in (no secret is in it), so that the next run finds them in the cache."""
    write_atomic(_record(asked), record, private=True)


def _record(asked: Asked) -> Path:
    return folder(asked.root) / "accounts" / f"{asked.tenant.name}.json"


def variable(tenant: Tenant, name: str) -> str:
    """An environment variable, this tenant's own (`NAME_CONTOSO`) before the common one; empty where neither is set."""
    own = f"{name}_{re.sub('[^A-Za-z0-9]', '_', tenant.name).upper()}"
    return os.environ.get(own) or os.environ.get(name, "")


def _variables(tenant: Tenant, needed: tuple[str, ...]) -> str:
    """The client id, once everything needed is set and AZURE_TENANT_ID does not name another tenant."""
    missing = [name for name in needed if not variable(tenant, name)]
    if missing:
        names = ", ".join(_SECRET) if "AZURE_CLIENT_SECRET" in needed else ", ".join(needed)
        fix = f"Set {names}, or choose another sign_in for this tenant (browser, device-code)."
        verb = "is" if len(missing) == 1 else "are"
        raise UsageError(f"{' and '.join(missing)} {verb} not set, which signing in to {tenant.name} needs.", fix=fix)
    named = variable(tenant, "AZURE_TENANT_ID").strip().lower()
    own = os.environ.get("AZURE_CLIENT_ID", "") != variable(tenant, "AZURE_CLIENT_ID")
    if not own and tenant.id is not None and _GUID.fullmatch(named) and named != tenant.id:
        fix = "Correct it, or unset it to sign in to the workspace's tenant."
        raise UsageError(f"AZURE_TENANT_ID is {named}, but the tenant {tenant.name} is {tenant.authority}.", fix=fix)
    return variable(tenant, "AZURE_CLIENT_ID").strip()

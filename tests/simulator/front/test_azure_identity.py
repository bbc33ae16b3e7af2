"""Microsoft's own client library signs in by every way, synchronous and asynchronous, against the simulator."""

import html
import json
import re
import ssl
import threading
import urllib.parse
import urllib.request
import webbrowser
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import httpx
import jwt
import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import (
    CertificateCredential,
    ClientSecretCredential,
    DeviceCodeCredential,
    InteractiveBrowserCredential,
    UsernamePasswordCredential,
)
from azure.identity.aio import CertificateCredential as AsyncCertificateCredential
from azure.identity.aio import ClientSecretCredential as AsyncClientSecretCredential
from cryptography.hazmat.primitives import serialization

from tests.simulator.front.cast import certificate, claims_of, key_credential
from tests.simulator.front.proxy import proxy
from tests.tenant import SimulatedTenant, start

CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"


@pytest.fixture(scope="module")
def tenant() -> Iterator[SimulatedTenant]:
    """A simulated tenant in a process of its own, as the synchronous library needs it."""
    with start(users=5) as simulated:
        yield simulated


def _options(tenant: SimulatedTenant) -> dict[str, Any]:
    return {
        "authority": tenant.ready["login"],
        "disable_instance_discovery": True,
        "connection_verify": tenant.ready["ca"],
    }


def _operator(tenant: SimulatedTenant) -> tuple[str, str, str]:
    return tenant.ready["tenantId"], tenant.ready["operator"]["clientId"], tenant.ready["operator"]["clientSecret"]


def _scope(tenant: SimulatedTenant) -> str:
    return f"{tenant.ready['graph']}/.default"


def _pem() -> bytes:
    key, made = certificate()
    return made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _with_certificate(tenant: SimulatedTenant) -> str:
    """Registers the tests' certificate for the operator; returns its application id."""
    app_id = tenant.ready["operator"]["clientId"]
    (app,) = [row for row in tenant.state("applications") if row["appId"] == app_id]
    tenant.seed(applications=[{"id": app["id"], "keyCredentials": [key_credential()]}])
    return str(app_id)


def test_by_secret(tenant: SimulatedTenant) -> None:
    with ClientSecretCredential(*_operator(tenant), **_options(tenant)) as credential:
        token = credential.get_token(_scope(tenant)).token
    assert "Application.ReadWrite.All" in claims_of(token)["roles"]


async def test_by_secret_asynchronously(tenant: SimulatedTenant) -> None:
    async with AsyncClientSecretCredential(*_operator(tenant), **_options(tenant)) as credential:
        token = (await credential.get_token(_scope(tenant))).token
    assert "Application.ReadWrite.All" in claims_of(token)["roles"]


def test_by_a_domain_name(tenant: SimulatedTenant) -> None:
    _, app, secret = _operator(tenant)
    with ClientSecretCredential(tenant.ready["domain"], app, secret, **_options(tenant)) as credential:
        assert credential.get_token(_scope(tenant)).token


def test_by_certificate(tenant: SimulatedTenant) -> None:
    app = _with_certificate(tenant)
    with CertificateCredential(
        tenant.ready["tenantId"], app, certificate_data=_pem(), **_options(tenant)
    ) as credential:
        assert claims_of(credential.get_token(_scope(tenant)).token)["appidacr"] == "2"


async def test_by_certificate_asynchronously(tenant: SimulatedTenant) -> None:
    app, pem = _with_certificate(tenant), _pem()
    options = _options(tenant)
    async with AsyncCertificateCredential(tenant.ready["tenantId"], app, certificate_data=pem, **options) as credential:
        assert claims_of((await credential.get_token(_scope(tenant))).token)["appidacr"] == "2"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_by_password_under_microsofts_own_names(tenant: SimulatedTenant) -> None:
    """Through a proxy, because MSAL asks for the user's realm without the authority's port."""
    operator, ready = tenant.ready["operator"], tenant.ready
    ports = {
        "login.microsoftonline.com": int(ready["login"].rpartition(":")[2]),
        "graph.microsoft.com": int(ready["graph"].rpartition(":")[2]),
    }
    with (
        proxy(ports) as url,
        UsernamePasswordCredential(
            CLI,
            operator["userPrincipalName"],
            operator["password"],
            tenant_id=ready["tenantId"],
            proxies={"https": url},
            connection_verify=ready["ca"],
        ) as credential,
    ):
        token = credential.get_token("https://graph.microsoft.com/User.Read").token
        with httpx.Client(proxy=url, verify=ssl.create_default_context(cafile=ready["ca"])) as client:
            answer = client.get("https://graph.microsoft.com/v1.0/me", headers={"Authorization": f"Bearer {token}"})
    assert claims_of(token)["aud"] == "https://graph.microsoft.com"
    assert answer.json()["userPrincipalName"] == operator["userPrincipalName"]
    assert answer.json()["@odata.context"].startswith("https://graph.microsoft.com/v1.0/$metadata")


def test_by_device_code_and_silently_afterwards(tenant: SimulatedTenant) -> None:
    def prompt(_: str, user_code: str, __: datetime) -> None:
        operator = tenant.ready["operator"]
        person = {"username": operator["userPrincipalName"], "password": operator["password"]}
        tenant.post("/devices", {"user_code": user_code, **person})

    with DeviceCodeCredential(
        CLI, tenant_id=tenant.ready["tenantId"], prompt_callback=prompt, **_options(tenant)
    ) as credential:
        first = credential.get_token(_scope(tenant))
        assert "Directory.AccessAsUser.All" in claims_of(first.token)["scp"]
        silent = credential.get_token("User.Read.All")
        assert claims_of(silent.token)["scp"]


class Person:
    """A browser in which somebody signs in: fetches the form, fills it in, brings the answer to the application."""

    def __init__(self, tenant: SimulatedTenant) -> None:
        self._tenant = tenant
        self.name = "person"

    def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
        """What `webbrowser.open` calls."""
        threading.Thread(target=self._sign_in, args=(url,), daemon=True).start()
        return True

    def _sign_in(self, url: str) -> None:
        context = ssl.create_default_context(cafile=self._tenant.ready["ca"])
        opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context))
        page = opener.open(url, timeout=20).read().decode()
        operator = self._tenant.ready["operator"]
        fields = _hidden(page) | {"username": operator["userPrincipalName"], "password": operator["password"]}
        target = html.unescape(re.findall(r'action="([^"]+)"', page)[0])
        answer = opener.open(target, _encoded(fields | {"decision": "accept"}), timeout=20)
        page = answer.read().decode()
        if "document.forms" in page:  # response_mode=form_post
            opener.open(html.unescape(re.findall(r'action="([^"]+)"', page)[0]), _encoded(_hidden(page)), timeout=20)


def _hidden(page: str) -> dict[str, str]:
    found = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


def _encoded(fields: dict[str, str]) -> bytes:
    return urllib.parse.urlencode(fields).encode()


def test_by_browser(tenant: SimulatedTenant) -> None:
    webbrowser.register("tests-person", None, Person(tenant), preferred=True)  # type: ignore[arg-type]
    with InteractiveBrowserCredential(
        tenant_id=tenant.ready["tenantId"], client_id=CLI, timeout=30, **_options(tenant)
    ) as credential:
        token = credential.get_token(_scope(tenant)).token
    assert claims_of(token)["upn"] == tenant.ready["operator"]["userPrincipalName"]


def test_a_refusal_reaches_the_caller_with_its_number(tenant: SimulatedTenant) -> None:
    directory, app, _ = _operator(tenant)
    with (
        ClientSecretCredential(directory, app, "wrong", **_options(tenant)) as credential,
        pytest.raises(ClientAuthenticationError, match="AADSTS7000215"),
    ):
        credential.get_token(_scope(tenant))


def test_the_published_keys_verify_the_tokens(tenant: SimulatedTenant) -> None:
    context = ssl.create_default_context(cafile=tenant.ready["ca"])
    base = f"{tenant.ready['login']}/{tenant.ready['tenantId']}"
    with urllib.request.urlopen(f"{base}/v2.0/.well-known/openid-configuration", context=context) as answer:
        configuration = json.load(answer)
    assert configuration["issuer"] == f"{base}/v2.0"
    with ClientSecretCredential(*_operator(tenant), **_options(tenant)) as credential:
        token = credential.get_token(_scope(tenant)).token
    keys = jwt.PyJWKClient(configuration["jwks_uri"], ssl_context=context)
    key = keys.get_signing_key_from_jwt(token)
    assert (
        jwt.decode(token, key, algorithms=["RS256"], audience=tenant.ready["graph"])["tid"] == tenant.ready["tenantId"]
    )

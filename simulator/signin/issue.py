"""Makes the tokens: claims of apps and of people, and the answer of the token endpoint."""

import base64
import json
from dataclasses import dataclass
from typing import Any

from simulator.signin import consent, people
from simulator.signin.clients import Client
from simulator.signin.pending import SignedIn
from simulator.signin.scopes import Wanted
from simulator.tenant import JSON, Tenant
from simulator.tokens import LIFETIME, stamped
from simulator.world import World


@dataclass(frozen=True)
class Request:
    """One call of the token endpoint, once its parts are known."""

    world: World
    tenant: Tenant
    client: Client
    form: dict[str, str]
    origin: str


def for_app(asked: Request, wanted: Wanted, proof: str) -> JSON:
    """An app-only token: `roles` as assigned on the resource. Without any the token comes all the same."""
    tenant, principal = asked.tenant, asked.client.service_principal()
    claims = _common(asked, wanted, proof) | {
        "idtyp": "app",
        "oid": principal["id"],
        "sub": principal["id"],
        "wids": sorted(consent.role_ids(tenant, principal["id"])) or [consent.ANY_APP],
    }
    roles = consent.app_roles(tenant, principal, wanted.resource)
    if roles:
        claims["roles"] = roles
    return _answer(asked.world.signer.sign(claims))


def for_person(asked: Request, wanted: Wanted, signed_in: SignedIn, proof: str = "0") -> JSON:
    """A person's token: `scp` as consented, with a refresh token and an id token as the scope asks."""
    tenant, now = asked.tenant, asked.tenant.now()
    person = people.by_id(tenant, signed_in.user_id)
    scopes = consent.granted(tenant, asked.client, wanted, person["id"])
    about = {
        "name": person.get("displayName"),
        "oid": person["id"],
        "sub": person["id"],
        "tid": tenant.id,
        "upn": person.get("userPrincipalName"),
    }
    claims = _common(asked, wanted, proof) | about
    claims |= {
        "acct": 1 if person.get("userType") == "Guest" else 0,
        "amr": list(signed_in.methods),
        "family_name": person.get("surname"),
        "given_name": person.get("givenName"),
        "idtyp": "user",
        "scp": " ".join(scopes),
        "unique_name": person.get("userPrincipalName"),
        "wids": sorted(consent.role_ids(tenant, person["id"]) | {consent.EVERYBODY}),
    }
    answer = _answer(asked.world.signer.sign(claims))
    answer["scope"] = " ".join(sorted(f"{wanted.audience}/{name}" for name in scopes))
    if "offline_access" in wanted.openid:
        answer["refresh_token"] = asked.world.pending.keep_refresh(signed_in, now)
    if "openid" in wanted.openid:
        answer["id_token"] = _id_token(asked, about, signed_in)
    answer["client_info"] = _client_info(person["id"], tenant.id)
    return answer


def _common(asked: Request, wanted: Wanted, proof: str) -> dict[str, Any]:
    """Claims of every access token. Graph's are of version 1.0, whoever asks."""
    tenant = asked.tenant
    return stamped(tenant.now()) | {
        "aud": wanted.audience,
        "iss": f"https://sts.windows.net/{tenant.id}/",
        "idp": f"https://sts.windows.net/{tenant.id}/",
        "app_displayname": asked.client.name,
        "appid": asked.client.app_id,
        "appidacr": proof,
        "azp": asked.client.app_id,
        "tenant_region_scope": "EU",
        "tid": tenant.id,
        "ver": "1.0",
    }


def _id_token(asked: Request, about: dict[str, Any], signed_in: SignedIn) -> str:
    claims = stamped(asked.tenant.now()) | about
    claims |= {
        "aud": asked.client.app_id,
        "iss": f"{asked.origin}/{asked.tenant.id}/v2.0",
        "preferred_username": about["upn"],
        "ver": "2.0",
    }
    if signed_in.nonce:
        claims["nonce"] = signed_in.nonce
    return asked.world.signer.sign(claims)


def _client_info(user_id: str, tenant_id: str) -> str:
    raw = json.dumps({"uid": user_id, "utid": tenant_id}).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _answer(token: str) -> JSON:
    return {"token_type": "Bearer", "expires_in": LIFETIME, "ext_expires_in": LIFETIME, "access_token": token}

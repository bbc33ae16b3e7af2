"""Access tokens of the simulated sign-in service: real signed JWTs with Microsoft's claims, in simulated time.

Claims: learn.microsoft.com/entra/identity-platform/access-token-claims-reference. Graph's tokens are of version 1.0.
"""

import base64
import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from simulator.core import GraphFault, Token
from simulator.directory.first_party import GRAPH

LIFETIME = 3599
_REMEMBERED = 512


class Signer:
    """The key that signs tokens, and what is known of tokens seen before (checking a signature once is enough)."""

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        numbers = self._key.public_key().public_numbers()
        self._modulus, self._exponent = _base64(numbers.n), _base64(numbers.e)
        self.kid = base64.urlsafe_b64encode(hashlib.sha256(self._modulus.encode()).digest()[:20]).rstrip(b"=").decode()
        self._seen: OrderedDict[str, dict[str, Any]] = OrderedDict()

    def sign(self, claims: dict[str, Any]) -> str:
        """A JWT of these claims."""
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": self.kid, "x5t": self.kid})

    def key_set(self, issuer: str) -> dict[str, Any]:
        """The JWKS document."""
        key = {"kty": "RSA", "use": "sig", "kid": self.kid, "x5t": self.kid, "issuer": issuer}
        return {"keys": [key | {"n": self._modulus, "e": self._exponent, "alg": "RS256"}]}

    def read(self, token: str) -> dict[str, Any]:
        """The claims of a token that we signed; `jwt.PyJWTError` where it is not one. Times are not checked."""
        if token in self._seen:
            self._seen.move_to_end(token)
            return self._seen[token]
        options: Any = {"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False}
        claims = jwt.decode(token, self._key.public_key(), algorithms=["RS256"], options=options)
        self._seen[token] = claims
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return claims


def stamped(now: datetime, lifetime: int = LIFETIME) -> dict[str, Any]:
    """The claims of time, and the id that makes each token another."""
    issued = int(now.timestamp())
    return {"iat": issued, "nbf": issued, "exp": issued + lifetime, "uti": secrets.token_urlsafe(16)}


def bearer(headers: Mapping[str, str]) -> str:
    """The token of the Authorization header; GraphFault 401 where there is none."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise refused("Access token is empty.")
    return token.strip()


def check(claims: dict[str, Any], now: datetime) -> None:
    """Whether a token is still alive; GraphFault 401 as Graph words it."""
    if int(claims.get("exp", 0)) <= now.timestamp():
        raise refused("Lifetime validation failed, the token is expired.")


def caller(claims: dict[str, Any]) -> Token:
    """Who asks, by the claims of an access token."""
    return Token(
        app_id=str(claims.get("appid", "")),
        roles=frozenset(claims.get("roles", ())),
        scopes=frozenset(str(claims.get("scp", "")).split()),
        object_id=str(claims.get("oid", "")),
        wids=frozenset(claims.get("wids", ())),
        service_principal_id=str(claims.get("oid", "")) if claims.get("idtyp") == "app" else "",
    )


def refused(message: str) -> GraphFault:
    """The 401 of a token that will not do."""
    challenge = (
        'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", '
        f'client_id="{GRAPH}", error="invalid_token", error_description="{message}"'
    )
    return GraphFault(401, "InvalidAuthenticationToken", message, {"WWW-Authenticate": challenge})


def _base64(number: int) -> str:
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

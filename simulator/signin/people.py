"""People who sign in: who they are, whether the password is theirs, and what Conditional Access says."""

import hmac

from simulator.signin import conditional
from simulator.signin.clients import Client
from simulator.signin.errors import SignInError
from simulator.signin.scopes import Wanted
from simulator.tenant import JSON, Tenant

SHARED_TENANTS = ("organizations", "common")


def tenant_of(tenants: list[Tenant], user_name: str) -> Tenant | None:
    """The tenant whose domain a user name carries."""
    domain = user_name.rpartition("@")[2].lower()
    for tenant in tenants:
        names = {tenant.domain.lower(), *(str(row.get("name", "")).lower() for row in _domains(tenant))}
        if domain in names:
            return tenant
    return None


def sign_in(tenant: Tenant, user_name: str, password: str) -> JSON:
    """The account, by user principal name and password; AADSTS50034, 50126 or 50057."""
    person = tenant.collection("users").first("userPrincipalName", user_name.strip(), stale=True)
    if person is None:
        raise SignInError(50034, tenant=str(tenant.organization.get("displayName") or tenant.id))
    if not hmac.compare_digest(password_of(tenant, person).encode(), password.encode()):
        raise SignInError(50126)
    return active(person)


def by_id(tenant: Tenant, user_id: str) -> JSON:
    """The account of somebody who signed in before; AADSTS50034 where it is gone, 50057 where it is disabled."""
    person = tenant.collection("users").get(user_id)
    if person is None:
        raise SignInError(50034, tenant=str(tenant.organization.get("displayName") or tenant.id))
    return active(person)


def active(person: JSON) -> JSON:
    """The same account; AADSTS50057 where it is disabled."""
    if person.get("accountEnabled") is False:
        raise SignInError(50057)
    return person


def password_of(tenant: Tenant, person: JSON) -> str:
    """A person's password: their own, or the operator's, which opens every account that was never given one."""
    own = (person.get("passwordProfile") or {}).get("password")
    return str(own or tenant.operator.get("password", ""))


def check_access(tenant: Tenant, client: Client, wanted: Wanted, person: JSON, flow: str) -> tuple[str, ...]:
    """Applies Conditional Access to a person's sign-in; returns the methods used (`amr`).

    `flow` is how they sign in: browser, device-code, password. Whoever sits at a browser can answer a second
    factor, a password alone cannot: AADSTS50076, or 50079 where the person has not registered one. 53003: blocked.
    """
    asked = conditional.Asked(person["id"], client, wanted.resource["appId"], flow)
    outcome = conditional.judge(tenant, asked)
    if outcome.blocked_by:
        raise blocked(outcome.blocked_by)
    if not outcome.mfa:
        return ("pwd",)
    if flow == "password":
        registered = tenant.collection("userRegistrationDetails").get(person["id"])
        missing = registered is not None and registered.get("isMfaRegistered") is False
        raise SignInError(50079 if missing else 50076, name=wanted.resource["appId"])
    return ("pwd", "mfa")


def blocked(policies: list[str]) -> SignInError:
    """AADSTS53003 with the ids of the policies that blocked, as the service tells them in `claims`."""
    listed = ",".join(f'"{policy}"' for policy in policies)
    return SignInError(53003, claims=f'{{"access_token":{{"capolids":{{"essential":true,"values":[{listed}]}}}}}}')


def _domains(tenant: Tenant) -> list[JSON]:
    found: list[JSON] = tenant.organization.get("verifiedDomains") or []
    return found

"""People who sign in: who they are, and whether the password is theirs."""

import hmac

from simulator.signin.errors import SignInError
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


def find(tenant: Tenant, user_name: str) -> JSON:
    """The account with this user principal name; AADSTS50034 without one."""
    person = tenant.collection("users").first("userPrincipalName", user_name.strip(), stale=True)
    if person is None:
        raise SignInError(50034, tenant=str(tenant.organization.get("displayName") or tenant.id))
    return person


def check_password(tenant: Tenant, person: JSON, password: str) -> None:
    """AADSTS50126 for a wrong password, 50057 for a disabled account, 50055 where it must be changed first."""
    if not hmac.compare_digest(password_of(tenant, person).encode(), password.encode()):
        raise SignInError(50126)
    active(person)
    profile = person.get("passwordProfile") or {}
    if profile.get("forceChangePasswordNextSignIn") or profile.get("forceChangePasswordNextSignInWithMfa"):
        raise SignInError(50055)


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


def _domains(tenant: Tenant) -> list[JSON]:
    found: list[JSON] = tenant.organization.get("verifiedDomains") or []
    return found

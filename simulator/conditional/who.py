"""Whether a policy is for somebody: users, groups, roles, guests, service principals. Exclude beats include."""

from typing import Any

from simulator.conditional.facts import INTERNAL_GUEST, Person, Workload

JSON = dict[str, Any]


def includes_person(conditions: JSON, person: Person) -> bool:
    """Any include matches and no exclude does. A policy for service principals or agents is for no person."""
    clients = conditions.get("clientApplications") or {}
    if any(values for name, values in clients.items() if name.startswith("include")):
        return False
    users = conditions.get("users") or {}
    return _listed(users, "include", person) and not _listed(users, "exclude", person)


def _listed(users: JSON, way: str, person: Person) -> bool:
    named = {str(one).lower() for one in users.get(f"{way}Users") or ()}
    if person.id in named or ("guestsorexternalusers" in named and person.kinds):
        return True
    if way == "include" and "all" in named:
        return True
    groups = {str(one).lower() for one in users.get(f"{way}Groups") or ()}
    roles = {str(one).lower() for one in users.get(f"{way}Roles") or ()}
    return bool(groups & person.groups or roles & person.roles) or _is_guest_of(
        users.get(f"{way}GuestsOrExternalUsers"), person
    )


def _is_guest_of(given: JSON | None, person: Person) -> bool:
    """Matches a list of guest types, and of home tenants where those are enumerated."""
    if not given:
        return False
    kinds = words(given.get("guestOrExternalUserTypes")) & person.kinds
    tenants = given.get("externalTenants") or {}
    if tenants.get("membershipKind") != "enumerated":
        return bool(kinds)
    members = {str(one).lower() for one in tenants.get("members") or ()}
    return bool(kinds - {INTERNAL_GUEST}) and person.home.lower() in members


def includes_workload(conditions: JSON, workload: Workload) -> bool:
    """Whether a policy names the service principal; only the tenant's own single-tenant ones can be reached."""
    clients = conditions.get("clientApplications") or {}
    include = {str(one).lower() for one in clients.get("includeServicePrincipals") or ()}
    exclude = {str(one).lower() for one in clients.get("excludeServicePrincipals") or ()}
    named = bool(include & {workload.id, "serviceprincipalsinmytenant"})
    return workload.own and named and workload.id not in exclude


def words(flags: Any) -> set[str]:
    """The members of a flags value: `"a,b"`."""
    return {part.strip() for part in str(flags or "").split(",") if part.strip()}

"""One full Graph user object per index: nothing is kept, everything follows from seed and index."""

import re
from typing import Any

from simulator.population.ids import Ids, mix
from simulator.population.kinds import Kind, kind_of
from simulator.population.names import ROOMS, SHARED, Name, local_part, name_of

JSON = dict[str, Any]
USER = 1  # kind number in ids

_DEPARTMENTS = ("Försäljning", "IT", "Ekonomi", "HR", "Kundtjänst", "Juridik", "R&D", None)
_TITLES = ("Handläggare", "Utvecklare", "Chef", "Säljare", "Tekniker", "Receptionist", "VD", None)
_CITIES = ("Stockholm", "Göteborg", "Malmö", "Umeå", "Örebro", "Łódź", None)
_LANGUAGES = ("sv-SE", "sv-SE", "sv-SE", "en-US", "nb-NO", "fi-FI", "pl-PL", None)
_ALWAYS_NULL = (  # noqa: SIM905 - words read better than quotes
    "aboutMe ageGroup consentProvidedForMinor creationType employeeHireDate employeeLeaveDateTime employeeOrgData "
    "employeeType externalUserState externalUserStateChangeDateTime faxNumber legalAgeGroupClassification "
    "onPremisesDistinguishedName onPremisesDomainName onPremisesImmutableId onPremisesLastSyncDateTime "
    "onPremisesSamAccountName onPremisesSecurityIdentifier onPremisesSyncEnabled onPremisesUserPrincipalName "
    "passwordPolicies passwordProfile preferredDataLocation showInAddressList state"
).split()
_EMPTY = dict.fromkeys(_ALWAYS_NULL)
_SKU = {"disabledPlans": [], "skuId": "6fd2c87f-b296-42f0-b197-1e91e994b900"}


def _plan(service: str, plan: str) -> JSON:
    return {
        "assignedDateTime": "2024-01-15T08:00:00Z",
        "capabilityStatus": "Enabled",
        "service": service,
        "servicePlanId": plan,
    }


_EXCHANGE = _plan("exchange", "efb87545-963c-4e0d-99df-69c6916d9eb0")
_TEAMS = _plan("TeamspaceAPI", "57ff2da0-773e-42df-b2af-ffb7a2317929")
_NUMBER = re.compile(r"(\d+)(?:_[^@]*#ext#)?@")
GUEST_DOMAIN = "fabrikam.example"


def number_in(address: str) -> int | None:
    """The index that an address of ours carries (`anna.lund12@…` is the twelfth account), or None."""
    found = _NUMBER.search(address.lower())
    return int(found.group(1)) - 1 if found else None


def _name(seed: int, index: int, kind: Kind) -> Name:
    if kind is Kind.ROOM:
        room = ROOMS[index // 25 % len(ROOMS)].replace("_", " ")
        return Name("", "", f"Mötesrum {room}", f"room-{local_part(room.replace(' ', ''), '')}")
    if kind is Kind.SHARED:
        shared = SHARED[index // 50 % len(SHARED)]
        return Name("", "", shared, local_part(shared.replace(" ", ""), ""))
    return name_of(seed, index)


def _addresses(name: Name, kind: Kind, index: int, domain: str) -> tuple[str, str | None, list[str]]:
    """(user principal name, mail, further addresses)."""
    local = f"{name.alias}{index + 1}"
    principal = f"{local}@{domain}"
    if kind is Kind.GUEST:
        return f"{local}_{GUEST_DOMAIN}#EXT#@{domain}", f"{local}@{GUEST_DOMAIN}", []
    if kind is Kind.NO_MAIL:
        return principal, None, []
    if kind is Kind.OTHER_MAIL:
        return principal, f"first.last.{name.alias[:20].rstrip('.')}{index + 1}@{domain}", [principal]
    if kind is Kind.TWO_ADDRESSES:
        return principal, principal, [f"maiden-name.{name.alias[:20].rstrip('.')}{index + 1}@{domain}"]
    if kind is Kind.UPPER_CASE:
        return principal, principal.upper(), []
    return principal, principal, []


def _created(seed: int, index: int) -> str:
    draw = mix(seed, 13, index)
    return f"20{12 + draw % 13}-{1 + draw // 16 % 12:02}-{1 + draw // 256 % 28:02}T{draw // 8192 % 24:02}:15:42Z"


def user(seed: int, ids: Ids, index: int, domain: str) -> JSON:
    """The account at an index as the directory holds it (shape: graph user, all its plain properties)."""
    kind = kind_of(index)
    if kind in (Kind.TWIN_DISABLED, Kind.TWIN_GUEST):
        return _twin(seed, ids, index, domain)
    name = _name(seed, index, kind)
    principal, mail, further = _addresses(name, kind, index, domain)
    made = _common(seed, ids, index, name)
    made["userPrincipalName"] = principal
    made["mail"] = mail
    made["mailNickname"] = principal.partition("@")[0].replace("#EXT#", "").replace("'", "")
    made["imAddresses"] = [mail.lower()] if mail else []
    made["proxyAddresses"] = [f"SMTP:{mail}", *(f"smtp:{address}" for address in further)] if mail else []
    made["identities"] = [{"signInType": "userPrincipalName", "issuer": domain, "issuerAssignedId": principal}]
    _finish(made, kind)
    return made


def _common(seed: int, ids: Ids, index: int, name: Name) -> JSON:
    draw = mix(seed, 17, index)
    made: JSON = dict(_EMPTY)
    made["id"] = ids.make(USER, index)
    made["accountEnabled"] = True
    made["assignedLicenses"] = [_SKU]
    made["assignedPlans"] = [_EXCHANGE, _TEAMS]
    made["businessPhones"] = [f"+46 8 {draw % 9000000 + 1000000}"] if draw % 4 else []
    made["city"] = _CITIES[draw // 8 % len(_CITIES)]
    made["companyName"] = "Contoso AB"
    made["country"] = "Sweden"
    made["createdDateTime"] = _created(seed, index)
    made["department"] = _DEPARTMENTS[draw // 64 % len(_DEPARTMENTS)]
    made["displayName"] = name.display
    made["employeeId"] = str(10000 + index)
    made["givenName"] = name.given or None
    made["isResourceAccount"] = None
    made["jobTitle"] = _TITLES[draw // 512 % len(_TITLES)]
    made["mobilePhone"] = f"+46 70 {draw // 4096 % 9000000 + 1000000}" if draw // 4096 % 3 else None
    made["officeLocation"] = f"Plan {draw // 2**20 % 9}"
    made["onPremisesExtensionAttributes"] = None
    made["otherMails"] = []
    made["postalCode"] = f"{draw // 2**24 % 900 + 100} {draw // 2**28 % 90 + 10}"
    made["preferredLanguage"] = _LANGUAGES[draw // 2**30 % len(_LANGUAGES)]
    made["streetAddress"] = "Storgatan 1"
    made["surname"] = name.surname or None
    made["usageLocation"] = "SE"
    made["userType"] = "Member"
    return made


def _finish(made: JSON, kind: Kind) -> None:
    if kind in (Kind.DISABLED, Kind.ROOM, Kind.SHARED):
        made["accountEnabled"] = False
    if kind in (Kind.ROOM, Kind.SHARED):
        made.update(assignedLicenses=[], assignedPlans=[], jobTitle=None, employeeId=None, mobilePhone=None)
    if kind is Kind.NO_MAIL:
        made.update(assignedLicenses=[], assignedPlans=[])
    if kind is Kind.ON_PREMISES:
        made.update(assignedPlans=[_TEAMS], onPremisesSyncEnabled=True, onPremisesDomainName="corp.contoso.example")
    if kind is Kind.GUEST:
        _as_guest(made)


def _as_guest(made: JSON) -> None:
    made.update(userType="Guest", creationType="Invitation", externalUserState="Accepted", usageLocation=None)
    made.update(assignedLicenses=[], assignedPlans=[], employeeId=None, companyName=None)
    made.update(externalUserStateChangeDateTime="2024-03-01T09:30:00Z", otherMails=[made["mail"]])


def _twin(seed: int, ids: Ids, index: int, domain: str) -> JSON:
    """A second account with the address of the account before it: an old one, disabled, or a guest."""
    made = user(seed, ids, index - 1, domain)
    local, _, _ = made["userPrincipalName"].partition("@")
    local = f"{local}-old{index + 1}"
    made["id"] = ids.make(USER, index)
    made["createdDateTime"] = _created(seed, index)
    made["employeeId"] = str(10000 + index)
    made["userPrincipalName"] = f"{local}@{domain}"
    made["mailNickname"] = local.replace("'", "")
    if kind_of(index) is Kind.TWIN_GUEST:
        made["userPrincipalName"] = f"{local}_{GUEST_DOMAIN}#EXT#@{domain}"
        _as_guest(made)
        made["externalUserState"] = "PendingAcceptance"
    else:
        made.update(accountEnabled=False, assignedLicenses=[], proxyAddresses=[], assignedPlans=[_TEAMS])
    made["identities"][0]["issuerAssignedId"] = made["userPrincipalName"]
    return made

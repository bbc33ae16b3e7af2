"""What people have registered to sign in with: the registration report, and the methods themselves, to read."""

from typing import Any

from simulator.core import Call, Reply, Route
from simulator.directory.common import not_found
from simulator.directory.registration import PHONE, PUSH, details
from simulator.directory.things import entity_of
from simulator.directory.users import user_of
from simulator.odata import Shape, one, respond

JSON = dict[str, Any]

REPORT = Shape("userRegistrationDetails")
METHODS = Shape("authenticationMethod", kind=entity_of)
PATH = "/reports/authenticationMethods/userRegistrationDetails"
PASSWORD_ID = "28c10230-6103-485e-b985-444c60001490"  # noqa: S105 - the documented id of everybody's password method
PHONE_ID = "3179e48a-750b-4051-897c-87b9720928f7"  # the documented id of everybody's mobile phone


def report(call: Call) -> Reply:
    """A row for each user."""
    rows = (details(call.tenant, user) for user in call.tenant.collection("users").iterate(call.stale))
    return respond(call, rows, shape=REPORT, context="reports/authenticationMethods/userRegistrationDetails")


def report_one(call: Call) -> Reply:
    """The row of one user."""
    wanted = call.params["userRegistrationDetails-id"]
    user = call.tenant.collection("users").get(wanted, call.stale)
    if user is None:
        raise not_found(wanted)
    context = "reports/authenticationMethods/userRegistrationDetails"
    return one(call, details(call.tenant, user), shape=REPORT, context=context)


def list_methods(call: Call) -> Reply:
    """The methods of a user; secrets are never told."""
    user = user_of(call)
    return respond(call, _methods(call, user), shape=METHODS, context=f"users('{user['id']}')/authentication/methods")


def get_method(call: Call) -> Reply:
    """One of them."""
    user, wanted = user_of(call), call.params["authenticationMethod-id"]
    for row in _methods(call, user):
        if row["id"] == wanted.lower():
            return one(call, row, shape=METHODS, context=f"users('{user['id']}')/authentication/methods")
    raise not_found(wanted)


def _methods(call: Call, user: JSON) -> list[JSON]:
    created = user.get("createdDateTime")
    made = [_method("password", PASSWORD_ID, created, password=None)]
    registered = details(call.tenant, user)["methodsRegistered"]
    if PHONE in registered:
        phone = {"phoneNumber": user.get("mobilePhone") or "+46 701740605", "phoneType": "mobile"}
        made.append(_method("phone", PHONE_ID, created, **phone, smsSignInState="notEnabled"))
    if PUSH in registered:
        app = {"displayName": "iPhone", "deviceTag": "SoftwareTokenActivated", "phoneAppVersion": "6.8.3"}
        made.append(_method("microsoftAuthenticator", user["id"][::-1], created, **app))
    return made


def _method(kind: str, key: str, created: Any, **more: Any) -> JSON:
    tag = f"#microsoft.graph.{kind}AuthenticationMethod"
    return {"@odata.type": tag, "id": key, "createdDateTime": created, **more}


ROUTES = [
    Route("GET", PATH, report),
    Route("GET", f"{PATH}/{{userRegistrationDetails-id}}", report_one),
    Route("GET", "/users/{user-id}/authentication/methods", list_methods),
    Route("GET", "/users/{user-id}/authentication/methods/{authenticationMethod-id}", get_method),
]

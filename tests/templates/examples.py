"""Scripts as the goldens have them: one of each variety, with values that show the quoting."""

from collections.abc import Callable

from templates import scripts
from templates.scripts import Samples, Script, Target

APP = "0a1b2c3d-1111-4222-8333-444455556666"
PRINCIPAL = "7c6b5a49-1111-4222-8333-444455556666"
TENANT = "8f0c7e3a-1111-4222-8333-444455556666"
TARGET = Target(tenant_id=TENANT, cloud="global", tenant="contoso", integration="telia")
SAMPLES = Samples(inside=("åsa@contoso.com",), outside=("ceo@contoso.com",))
GROUP = "switchboard@contoso.com"
MEMBERS = ("o’brien@contoso.com", "room-1@contoso.com")

EXAMPLES: dict[str, Callable[[], Script]] = {
    "access-policy": lambda: scripts.access_policy(TARGET, app_id=APP, group=GROUP, members=MEMBERS, samples=SAMPLES),
    "access-policy-deny": lambda: scripts.access_policy(
        TARGET, app_id=APP, group="board@contoso.com", samples=SAMPLES, right="DenyAccess"
    ),
    "rbac": lambda: scripts.rbac(
        TARGET,
        app_id=APP,
        service_principal_id=PRINCIPAL,
        permissions=["Calendars.Read", "User.Read.All"],
        group=GROUP,
        members=MEMBERS,
        samples=SAMPLES,
    ),
    "rbac-unit": lambda: scripts.rbac(
        Target(tenant_id=TENANT, cloud="usgov", tenant="contoso", integration="rooms"),
        app_id=APP,
        service_principal_id=PRINCIPAL,
        permissions=["Calendars.ReadWrite"],
        administrative_unit="5d4c3b2a-1111-4222-8333-444455556666",
        samples=SAMPLES,
    ),
    "evidence": lambda: scripts.evidence(Target(tenant_id=TENANT, cloud="china", tenant="contoso")),
}

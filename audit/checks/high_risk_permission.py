"""high-risk-permission: permissions and directory roles that reach far, whoever's rating says so.

What the integration needs is accepted, with the rating told; what leads to the whole tenant never is.
"""

from collections.abc import Iterator

from audit.app import DIRECTORY_ROLES, PRINCIPALS, ROLES, SCOPES, App, Held
from audit.checks.interface import Check, Point, apply_again, listed, passed, unknown
from audit.entra import DirectoryRole
from audit.finding import Pointer, Severity, Verdict
from audit.permissions import rate, takes_over
from audit.view import View

# Built-in directory roles by template id.
# Source: learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference
_ROLES = {
    "62e90394-69f5-4237-9190-012177145e10": ("Global Administrator", Severity.CRITICAL),
    "e8611ab8-c189-46e8-94e1-60213ab1f814": ("Privileged Role Administrator", Severity.CRITICAL),
    "7be44c8a-adaf-4e2a-84d6-ab2649e08a13": ("Privileged Authentication Administrator", Severity.CRITICAL),
    "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3": ("Application Administrator", Severity.CRITICAL),
    "158c047a-c907-4556-b7ef-446551a6b5f7": ("Cloud Application Administrator", Severity.CRITICAL),
    "29232cdf-9323-42fd-ade2-1d097af3e4de": ("Exchange Administrator", Severity.HIGH),
    "fe930be7-5e62-47db-91af-98c3a49a38b1": ("User Administrator", Severity.HIGH),
    "f2ef992c-3afb-46b9-b7cf-a126ee74c451": ("Global Reader", Severity.MEDIUM),
    "88d8e3e3-8f55-4a1e-953a-9b9898b8876b": ("Directory Readers", Severity.LOW),
}


def judge(app: App, view: View) -> Iterator[Point]:
    """Points for one app."""
    points = [*(_permission(app, held) for held in app.held if _notable(app, held)), *_directory_roles(app)]
    yield from points
    if gap := view.gap(PRINCIPALS, ROLES, SCOPES):
        yield unknown(Severity.HIGH, gap, app.proof)
    elif not points:
        yield passed(Severity.HIGH, _good(app, view), app.proof)


def _high(held: Held) -> bool:
    return rate(held.name).level.rank >= Severity.HIGH.rank


def _notable(app: App, held: Held) -> bool:
    return takes_over(held.name) or (_high(held) and held.name not in app.required)


def _permission(app: App, held: Held) -> Point:
    rating = rate(held.name)
    text = f"holds {held}, rated {rating.level} ({rating.by})"
    if takes_over(held.name):
        text += ", which leads to the whole tenant"
    if held.name in app.required:
        text += ", even though the integration file asks for it"
    fix = apply_again(app, "--prune") if app.integration else "Revoke it, or write down who needs it and why."
    return Point(Verdict.FAIL, rating.level, text, (str(held.name),), (held.proof,), fix)


def _directory_roles(app: App) -> Iterator[Point]:
    for row in app.directory_roles:
        name, severity = _ROLES.get(row.role_definition_id.casefold(), (row.role_definition_id, Severity.HIGH))
        if severity.rank >= Severity.MEDIUM.rank:
            text = f"is {name} in {_where(row)}, which no integration needs"
            proof = (Pointer(file=DIRECTORY_ROLES, id=row.id),)
            yield Point(Verdict.FAIL, severity, text, (f"role {name}",), proof, "Remove the role from the app.")


def _where(row: DirectoryRole) -> str:
    scope = row.directory_scope_id or "/"
    return "the whole directory" if scope == "/" else scope


def _good(app: App, view: View) -> str:
    needed = [held for held in app.held if _high(held)]
    text = "holds no permission that is rated high"
    if needed:
        text = "holds what it needs, rated high: " + listed(f"{h.name} ({rate(h.name).by})" for h in needed)
    return text if view.gap(DIRECTORY_ROLES) is None else f"{text} (directory roles were not read)"


CHECK = Check(
    id="high-risk-permission",
    title="Permissions that reach far",
    risk="With a credential of the app, such a permission opens mail, people or the whole tenant.",
    severity=Severity.HIGH,
    judge=judge,
    references=(
        "https://learn.microsoft.com/graph/permissions-reference",
        "https://learn.microsoft.com/entra/identity/role-based-access-control/privileged-roles-permissions",
    ),
    frameworks={
        "NIST SP 800-53 r5": ("AC-6(10)", "CM-5"),
        "ISO/IEC 27001:2022": ("A.5.15", "A.5.18", "A.8.2"),
    },
)

"""verify and integration users: each way in which one cannot work is named, with the link and the fix."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.openapi.log import check_log, report
from tests.provision.users_lab import UsersLab, mfa_policy
from tests.tenant import simulated

JSON = dict[str, Any]


@pytest.fixture(scope="module")
def provisioned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UsersLab]:
    """A tenant in which integration users work."""
    with simulated(users=12, seed=6) as tenant:
        lab = UsersLab(tmp_path_factory.mktemp("verify") / "work", tenant)
        lab.json("apply", "--yes")
        yield lab
        problems, _ = check_log(tenant.requests(bodies=True))
        assert not problems, report(problems)


def links(lab: UsersLab, expect: int = 0) -> dict[str, JSON]:
    """The links of the chain by name."""
    return {link["link"]: link for link in lab.json("verify", expect=expect)[0]["links"]}


def test_it_signs_in_and_reads_presence(provisioned: UsersLab) -> None:
    found = links(provisioned)
    assert all(link["ok"] for link in found.values())
    assert f"{provisioned.upn()} reads presence." in found["state"]["fact"]
    sign_in = [row for row in provisioned.tenant.state("signIns") if row["userPrincipalName"] == provisioned.upn()]
    assert sign_in[-1]["status"]["errorCode"] == 0


def user(lab: UsersLab, **changed: Any) -> Callable[[], None]:
    """Changes the account; returns how to change it back."""
    (kept,) = lab.users()
    lab.tenant.seed(users=[{**kept, **changed}])
    return lambda: lab.tenant.seed(users=[kept])


def policy(lab: UsersLab, control: str = "mfa", **users: Any) -> Callable[[], None]:
    """An enforced policy; returns how to turn it off."""
    made = mfa_policy(lab.tenant, **users)
    lab.tenant.seed(
        conditionalAccessPolicies=[{**made, "grantControls": {"operator": "OR", "builtInControls": [control]}}]
    )
    return lambda: lab.tenant.seed(conditionalAccessPolicies=[{**made, "state": "disabled"}])


def per_user(lab: UsersLab) -> Callable[[], None]:
    def state(value: str) -> None:
        lab.tenant.seed(perUserMfaStates=[{"@owner": lab.users()[0]["id"], "perUserMfaState": value}])

    state("enforced")
    return lambda: state("disabled")


def defaults(lab: UsersLab) -> Callable[[], None]:
    (kept,) = lab.tenant.state("identitySecurityDefaultsEnforcementPolicy")
    lab.tenant.seed(identitySecurityDefaultsEnforcementPolicy=[{**kept, "isEnabled": True}])
    return lambda: lab.tenant.seed(identitySecurityDefaultsEnforcementPolicy=[kept])


def stored(lab: UsersLab, text: str | None) -> Callable[[], None]:
    path = lab.root / "secrets" / f"telia.{lab.upn()}"
    kept = path.read_text(encoding="utf-8")
    path.unlink()
    if text is not None:
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)

    def back() -> None:
        path.write_text(kept, encoding="utf-8")

    return back


def gone(lab: UsersLab) -> Callable[[], None]:
    kept = lab.tenant.state("users")
    lab.tenant.delete("/state/users")
    lab.tenant.seed(users=[one for one in kept if one["userPrincipalName"] != lab.upn()])
    return lambda: lab.tenant.seed(users=kept)


def unconsented(lab: UsersLab, scope: str) -> Callable[[], None]:
    kept = lab.tenant.state("oauth2PermissionGrants")
    lab.tenant.seed(oauth2PermissionGrants=[{**one, "scope": scope} for one in kept])
    return lambda: lab.tenant.seed(oauth2PermissionGrants=kept)


PLANTED: list[tuple[str, Callable[[UsersLab], Callable[[], None]], str, str, str]] = [
    ("MFA by policy", policy, "credential", "AADSTS50079", 'Name "Require MFA" in options.exclude_from'),
    ("a policy that blocks", lambda lab: policy(lab, "block"), "credential", "AADSTS53003", "options.exclude_from"),
    ("per-user MFA", per_user, "credential", "per-user MFA does", "Turn it off for this account"),
    ("security defaults", defaults, "credential", "Security defaults are on", "options.app_only"),
    ("disabled", lambda lab: user(lab, accountEnabled=False), "credential", "AADSTS50057", "Enable the account"),
    (
        "another password",
        lambda lab: user(lab, passwordProfile={"password": "Other-1234567"}),
        "credential",
        "AADSTS50126",
        "Take its password out of the store",
    ),
    (
        "to be changed at the next sign-in",
        lambda lab: user(
            lab, passwordProfile={**lab.users()[0]["passwordProfile"], "forceChangePasswordNextSignIn": True}
        ),
        "credential",
        "AADSTS50055",
        "Set a password that need not be changed",
    ),
    (
        "no password in the store",
        lambda lab: stored(lab, None),
        "credential",
        "holds no password",
        "It sets a new one.",
    ),
    ("a wrong password in the store", lambda lab: stored(lab, "Wrong-1234567"), "credential", "AADSTS50126", "apply"),
    ("deleted", gone, "credential", "AADSTS50034", "makes the account anew"),
    ("consent lacks a scope", lambda lab: unconsented(lab, "User.Read"), "granted", "Presence.Read.All", "apply"),
]


@pytest.mark.parametrize(
    ("plant", "link", "says", "fix"), [one[1:] for one in PLANTED], ids=[one[0] for one in PLANTED]
)
def test_planted(
    provisioned: UsersLab, plant: Callable[[UsersLab], Callable[[], None]], link: str, says: str, fix: str
) -> None:
    mend = plant(provisioned)
    try:
        found = links(provisioned, expect=3)
    finally:
        mend()
    assert found[link]["ok"] is False
    assert says in found[link]["fact"]
    assert fix in found[link]["fix"]
    assert next(name for name, one in found.items() if one["ok"] is False) == link

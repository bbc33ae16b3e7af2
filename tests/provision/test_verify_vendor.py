"""verify where the app is the vendor's own: what is here is looked at, what is the vendor's is said to be so."""

from typing import Any

import pytest

from tests.provision import planted
from tests.provision.admin import accept
from tests.provision.test_vendor_app import APP, link_of, vendor
from tests.provision.users_lab import UsersLab

__all__ = ["vendor"]  # the fixture


@pytest.fixture
def consented(vendor: UsersLab) -> UsersLab:
    """An administrator has opened the link."""
    vendor.run("apply", "--yes")
    accept(vendor, link_of(vendor))
    vendor.json("apply", "--yes")
    return vendor


def links(lab: UsersLab, *, expect: int) -> dict[str, Any]:
    return {link["link"]: link for link in lab.json("verify", expect=expect)[0]["links"]}


def principal(lab: UsersLab) -> dict[str, Any]:
    (found,) = [p for p in lab.tenant.state("servicePrincipals") if p["appId"] == APP]
    return found


def test_what_holds_and_what_is_the_vendors(consented: UsersLab) -> None:
    found = links(consented, expect=0)
    assert not [name for name, link in found.items() if link["ok"] is False]
    assert found["required"]["ok"] is True
    assert "its manifest is the vendor's" in found["required"]["fact"]
    assert found["granted"]["ok"] is True


def test_consent_lost_and_app_removed(consented: UsersLab) -> None:
    own = principal(consented)["id"]
    rows = [g for g in consented.tenant.state("oauth2PermissionGrants") if g["clientId"] != own]
    consented.tenant.delete("/state/oauth2PermissionGrants")
    consented.tenant.seed(oauth2PermissionGrants=rows)
    lost = links(consented, expect=3)
    assert lost["granted"]["ok"] is False
    assert lost["required"]["ok"] is True
    consented.tenant.seed(servicePrincipals=[{**principal(consented), "accountEnabled": False}])
    assert "is disabled" in links(consented, expect=3)["required"]["fact"]
    planted.only(consented, "servicePrincipals", lambda row: row["appId"] != APP)
    gone = links(consented, expect=3)
    assert "is not in the tenant" in gone["required"]["fact"]
    assert "consent-link contoso/telia" in gone["required"]["fix"]

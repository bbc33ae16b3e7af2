"""verify with less to see: no operator, a clock that is off, an endpoint that does not answer."""

from typing import Any

import pytest

from tests.provision import planted
from tests.provision.lab import Lab


def links(lab: Lab, *, expect: int) -> dict[str, Any]:
    return {link["link"]: link for link in lab.json("verify", expect=expect)[0]["links"]}


@pytest.fixture
def blind(lab: Lab) -> Lab:
    """Provisioned and scoped, and the operator cannot sign in any more."""
    lab.json("apply", "--yes")
    planted.restrict(lab, "switchboard@" + lab.tenant.ready["domain"])
    lab.variables["AZURE_CLIENT_SECRET"] = "not the operator's any more"
    return lab


def test_without_an_operator_the_app_still_proves_what_it_can(blind: Lab) -> None:
    found = links(blind, expect=0)
    assert found["required"]["ok"] is None
    assert "the operator could not sign in" in found["required"]["fact"]
    assert found["scoped"]["ok"] is None
    assert [found[name]["ok"] for name in ("granted", "credential", "addresses")] == [True, True, True]


@pytest.mark.parametrize(
    ("change", "code"),
    [({"accountEnabled": False}, "AADSTS7000112"), (None, "AADSTS7000229")],
)
def test_without_an_operator_the_sign_in_service_tells_of_the_app(
    blind: Lab, change: dict[str, Any] | None, code: str
) -> None:
    own = planted.principal(blind)
    if change is not None:
        blind.tenant.seed(servicePrincipals=[{**own, **change}])
    else:
        planted.only(blind, "servicePrincipals", lambda row: row["id"] != own["id"])
    found = links(blind, expect=3)
    assert found["required"]["ok"] is False
    assert code in found["required"]["fact"]
    assert found["credential"]["ok"] is None


@pytest.mark.parametrize("off", ["2h", "30d"])
def test_a_clock_that_is_off_is_named(lab: Lab, off: str) -> None:
    lab.json("apply", "--yes")
    planted.restrict(lab, "switchboard@" + lab.tenant.ready["domain"])
    lab.tenant.advance(off)
    planted.workspace(lab, f'clock = "{lab.tenant.ready["door"]}"\n', "")  # from now on the machine's own clock
    file = lab.root / "integrations" / "contoso" / "telia.json"
    file.write_text(file.read_text(encoding="utf-8").replace(lab.tenant.ready["door"], ""), encoding="utf-8")
    found = links(lab, expect=3)
    assert found["state"]["ok"] is False
    assert "behind Microsoft's" in found["state"]["fact"]
    assert "NTP" in found["state"]["fix"]


def test_throttling_and_lost_answers_change_no_verdict(lab: Lab) -> None:
    lab.json("apply", "--yes")
    planted.restrict(lab, "switchboard@" + lab.tenant.ready["domain"])
    for seed in range(3):
        lab.tenant.fault("429", "503", "504", "cut", rate=0.3, seed=seed)
        found = links(lab, expect=0)
        lab.tenant.end_faults()
        assert {name: link["ok"] for name, link in found.items()} == dict.fromkeys(found, True)
    assert any(request["fault"] for request in lab.tenant.requests())

"""Where the passwords of integration users lie: beside the app's credential, one place a user."""

import re
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenantry.integration import StoreRef
from tenantry.stores.beside import beside
from tenantry.workspace.places import _NAMES

ANNA = "Anna@contoso.com"
REFS = {
    "file": StoreRef(kind="file", path="secrets/telia"),
    "keyring": StoreRef(kind="keyring", name="contoso/telia"),
    "environment": StoreRef(kind="environment", name="TELIA"),
    "keyvault": StoreRef(kind="keyvault", name="tenantry-contoso-telia", vault="https://v.vault.azure.net"),
}


def test_places_a_person_can_guess() -> None:
    assert beside(REFS["file"], ANNA).path == "secrets/telia.anna@contoso.com"
    assert beside(REFS["keyring"], ANNA).name == "contoso/telia anna@contoso.com"
    assert beside(REFS["environment"], ANNA).name == "TELIA_ANNA_CONTOSO_COM"
    assert beside(REFS["keyvault"], ANNA).name == "tenantry-contoso-telia-anna-contoso-com-68c766dd"


NAMES = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF), min_size=1, max_size=150).map(
    lambda t: f"{t}@a.b"
)


@pytest.mark.parametrize("kind", ["file", "keyvault"])
@given(one=NAMES, two=NAMES)
def test_two_users_never_share_a_place_and_none_leaves_the_folder(kind: str, one: str, two: str) -> None:
    first, second = beside(REFS[kind], one), beside(REFS[kind], two)
    assert (first == second) == (one.lower() == two.lower())
    if kind == "file":
        path = PurePosixPath(first.path or "")
        assert path.parent == PurePosixPath("secrets")
        assert len(path.name) < 150
    else:
        assert re.fullmatch(_NAMES["keyvault"], first.name or "")

"""`rotate` on a store that fails: whatever it does, the runner's store holds a credential that works."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.provision.lab import Lab, as_it_should_be
from tests.provision.signs_in import signs_in

ENTRY = "telia"


class Ring:
    """The lab's credential in a keyring kept in a file."""

    def __init__(self, lab: Lab) -> None:
        self.lab, self.file = lab, lab.root / "keyring.json"
        path = lab.root / "tenantry.toml"
        text = path.read_text(encoding="utf-8").replace('kind = "file", path = "secrets/', 'kind = "keyring", name = "')
        path.write_text(text, encoding="utf-8")
        lab.variables |= {
            "PYTHON_KEYRING_BACKEND": "tests.provision.keyrings.Moody",
            "KEYRING_FILE": str(self.file),
            "KEYRING_FAILS": "",
        }

    def kept(self) -> dict[str, Any]:
        """The whole keyring."""
        found: dict[str, Any] = json.loads(self.file.read_text(encoding="utf-8"))
        return found

    def held(self) -> dict[str, Any]:
        """The credential in it."""
        found: dict[str, Any] = json.loads(self.kept()[ENTRY])
        return found

    def fails(self, mood: str, at: str) -> None:
        """From now on; writes are counted from 1: first the trial, then the entry itself, then what mends it."""
        kept = self.kept()
        kept["writes"] = "0"
        self.file.write_text(json.dumps(kept), encoding="utf-8")
        self.lab.variables |= {"KEYRING_FAILS": mood, "KEYRING_FAILS_AT": at}

    def works(self) -> bool:
        """The runner's credential signs in."""
        return signs_in(self.lab, self.lab.apps()[0]["appId"], self.held()["secret"])


def ids(lab: Lab) -> set[str]:
    return {c["keyId"] for c in lab.apps()[0]["passwordCredentials"]}


@pytest.fixture
def ring(lab: Lab) -> Ring:
    """Provisioned, with the credential in the keyring."""
    made = Ring(lab)
    lab.json("apply", "--yes")
    return made


@pytest.mark.parametrize(
    ("mood", "at"),
    [
        ("before", "1"), ("before", "2"), ("before", "all"), ("during", "1"), ("during", "2"), ("during", "all"),
        ("differs", "1"), ("differs", "2"), ("differs", "all"), ("lost", "1"),
    ],
)  # fmt: skip
def test_a_store_that_fails_keeps_the_old_and_the_new_goes(lab: Lab, ring: Ring, mood: str, at: str) -> None:
    old = ring.held()
    ring.fails(mood, at)
    done = lab.run("rotate", "--yes")
    assert done.returncode == 4, done.stderr
    assert "is removed again" in done.stderr
    assert "Traceback" not in done.stderr
    assert ids(lab) == {old["id"]}
    kept = ring.kept()
    kept.pop("lost", None)  # whoever mends the keyring finds the old entry
    ring.file.write_text(json.dumps(kept), encoding="utf-8")
    assert ring.held() == old
    assert ring.works()
    ring.fails("", "")
    lab.json("rotate", "--yes")
    assert ids(lab) == {old["id"], ring.held()["id"]}
    assert ring.works()


def test_a_store_that_complains_and_has_it_all_the_same_counts_as_good(lab: Lab, ring: Ring) -> None:
    old = ring.held()["id"]
    ring.fails("after", "2")
    lab.json("rotate", "--yes")
    assert ring.held()["id"] != old
    assert ids(lab) == {old, ring.held()["id"]}
    assert ring.works()


def test_a_store_that_breaks_for_good_takes_neither_credential_away(lab: Lab, ring: Ring) -> None:
    old = ring.held()
    ring.fails("lost", "2")
    done = lab.run("rotate", "--yes")
    assert done.returncode == 4
    assert "both stay on the app" in done.stderr
    assert old["id"] in ids(lab)
    assert len(ids(lab)) == 2
    assert signs_in(lab, lab.apps()[0]["appId"], old["secret"])


@pytest.mark.parametrize(("mood", "at"), [("kill-before", "1"), ("kill-after", "1"), ("kill-before", "2")])
def test_killed_before_the_store_has_it_the_old_one_stays(lab: Lab, ring: Ring, mood: str, at: str) -> None:
    old = ring.held()
    ring.fails(mood, at)
    assert lab.run("rotate", "--yes").returncode == -9
    assert ring.held() == old
    assert ring.works()
    ring.fails("", "")
    lab.json("apply", "--yes")
    assert ids(lab) == {old["id"]}
    assert ring.works()


def test_killed_right_after_the_store_has_it_the_new_one_counts(lab: Lab, ring: Ring) -> None:
    old = ring.held()
    ring.fails("kill-after", "2")
    assert lab.run("rotate", "--yes").returncode == -9
    second = ring.held()
    assert second["id"] != old["id"]
    assert ring.works()
    ring.fails("", "")
    lab.json("apply", "--yes")  # the integration file still named the old one
    assert ids(lab) == {old["id"], second["id"]}
    emitted = json.loads((lab.root / "integrations" / "contoso" / "telia.json").read_text(encoding="utf-8"))
    assert emitted["credential"]["id"] == second["id"]
    lab.json("rotate", "--yes")
    lab.json("apply", "--yes")  # the second was stored by a killed run; it is no orphan and works on
    assert ids(lab) == {old["id"], second["id"], ring.held()["id"]}
    assert signs_in(lab, lab.apps()[0]["appId"], second["secret"])


HOOK = """
import errno, os, signal
from tenantry import files
real = files._take_its_place
def act(new, old):
    if "secrets" in str(old):
        mood = os.environ["FILE_FAILS"]
        if mood == "full": raise OSError(errno.ENOSPC, "No space left on device")
        if mood == "kill-before": os.kill(os.getpid(), signal.SIGKILL)
        real(new, old)
        if mood == "kill-after": os.kill(os.getpid(), signal.SIGKILL)
        if mood == "late": raise OSError(errno.EIO, "Input/output error")
    else: real(new, old)
files._take_its_place = act
"""


@pytest.mark.parametrize("mood", ["full", "kill-before", "kill-after", "late"])
def test_a_file_that_cannot_be_replaced_or_a_kill_around_it(lab: Lab, tmp_path: Path, mood: str) -> None:
    lab.json("apply", "--yes")
    old = lab.stored()
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "sitecustomize.py").write_text(HOOK, encoding="utf-8")
    lab.variables = {"PYTHONPATH": str(hooks), "FILE_FAILS": mood}
    done = lab.run("rotate", "--yes")
    assert done.returncode == {"full": 4, "late": 0}.get(mood, -9), done.stderr
    assert (lab.stored() == old) == (mood in ("full", "kill-before"))
    assert signs_in(lab, lab.apps()[0]["appId"], lab.stored()["secret"])
    lab.variables = {}
    lab.json("apply", "--yes", "--prune")
    as_it_should_be(lab)


def test_a_store_that_cannot_be_written_is_refused_before_anything_is_made(lab: Lab) -> None:
    lab.json("apply", "--yes")
    path = lab.root / "tenantry.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('kind = "file", path = "secrets/telia"', 'kind = "environment", name = "TELIA"'))
    lab.variables["TELIA"] = lab.stored()["secret"]
    lab.tenant.forget()
    done = lab.run("rotate", "--yes")
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert lab.writes() == []


def test_a_folder_in_place_of_the_store_is_one_clear_sentence(lab: Lab) -> None:
    lab.json("apply", "--yes")
    (lab.root / "secrets" / "telia").unlink()
    (lab.root / "secrets" / "telia").mkdir()
    lab.tenant.forget()
    done = lab.run("rotate", "--yes")
    assert done.returncode == 2
    assert '"secrets/telia" is a folder' in done.stderr
    assert lab.writes() == []

"""Which app an integration adopted: `.tenantry/adopted/<tenant>/<integration>.json`, private to this workspace.

A `uniqueName` can be set once and never again (learn.microsoft.com/graph/templates/bicep/how-to-reference-existing-
resources), so an adopted app keeps its own or none: setting ours could not be undone. It is known by its app id, noted
here, and by our tag, which finds it from another workspace too.
"""

from pathlib import Path

import msgspec

from provision.model.adoption import Adoption
from tenantry.errors import ConfigurationError, Problem
from tenantry.files import write_atomic
from tenantry.workspace.lock import FOLDER, folder


def path_of(root: Path, target: str) -> Path:
    """Where the note about `tenant/integration` lies."""
    return root / FOLDER / "adopted" / f"{target}.json"


def load(root: Path, target: str) -> Adoption | None:
    """The note; None where nothing was adopted.

    Raises:
        ConfigurationError: Somebody else wrote into it.
    """
    path = path_of(root, target)
    try:
        return msgspec.json.decode(path.read_bytes(), type=Adoption)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        fix = "Restore it, or remove it and adopt the app again."
        raise ConfigurationError([Problem(f"is no note of an adoption: {error}.", where=str(path), fix=fix)]) from error


def save(root: Path, target: str, adoption: Adoption) -> None:
    """Writes the note."""
    folder(root)
    text = msgspec.json.format(msgspec.json.encode(adoption), indent=2)
    write_atomic(path_of(root, target), text + b"\n", private=True)


def forget(root: Path, target: str) -> None:
    """Removes it."""
    path_of(root, target).unlink(missing_ok=True)

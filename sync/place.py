"""Where the files of an integration lie on the runner's machine. No workspace is needed, only the integration file."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tenantry import integration
from tenantry.errors import ConfigurationError, Problem, TenantryError, UsageError
from tenantry.integration import IntegrationFile


@dataclass(frozen=True)
class Place:
    """One integration file, the folder its relative paths start from, and the store of its runner."""

    path: Path
    file: IntegrationFile

    @property
    def name(self) -> str:
        """`tenant/integration`."""
        return f"{self.file.tenant.name}/{self.file.integration}"

    @property
    def base(self) -> Path:
        """The folder that holds `integrations/`; for a file that lies elsewhere, its own folder."""
        inside = self.path.parent.parent.name == "integrations"
        return integration.root_of(self.path) if inside else self.path.parent

    @property
    def store(self) -> Path:
        """The runner's own file."""
        return self.base / ".tenantry" / "sync" / self.file.tenant.name / f"{self.file.integration}.sqlite"


def place_of(path: Path) -> Place:
    """The place of one integration file.

    Raises:
        ConfigurationError: The file cannot be read, or its time zone is not known.
    """
    whole = path.resolve()
    file = integration.load(whole)
    try:
        ZoneInfo(file.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        fix = "Give an IANA name such as Europe/Stockholm in tenantry.toml and emit the file again."
        what = f'"{file.time_zone}" is not a time zone.'
        raise ConfigurationError([Problem(what, where=str(path), field="time_zone", fix=fix)]) from None
    return Place(whole, file)


def places(root: Path, names: Sequence[str]) -> list[Place]:
    """The integration files below `root/integrations`, all of them or those named `tenant` or `tenant/integration`.

    Raises:
        UsageError: There is none, or none of a name.
        ConfigurationError: Everything wrong with the files that were chosen.
    """
    found = {f"{path.parent.name}/{path.stem}": path for path in sorted((root / "integrations").glob("*/*.json"))}
    if not found:
        fix = "Run `tenantry provision apply` first, or name a file with --integration."
        raise UsageError(f"There is no integration file in {root / 'integrations'}.", fix=fix)
    chosen = {name: path for name, path in found.items() if not names or _named(name, names)}
    for wish in names:
        if not any(_named(name, [wish]) for name in found):
            raise UsageError(f'There is no integration file for "{wish}".', fix=_hint(wish, list(found)))
    return _load(list(chosen.values()))


def _load(paths: Sequence[Path]) -> list[Place]:
    made: list[Place] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            made.append(place_of(path))
        except TenantryError as error:
            problems += error.problems
    if problems:
        raise ConfigurationError(problems)
    return made


def _named(name: str, wishes: Sequence[str]) -> bool:
    return any(wish in (name, name.partition("/")[0]) for wish in wishes)


def _hint(wish: str, names: Sequence[str]) -> str:
    close = get_close_matches(wish, [*names, *{name.partition("/")[0] for name in names}], n=1)
    return f'Did you mean "{close[0]}"?' if close else f"Known: {', '.join(names)}."

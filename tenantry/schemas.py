"""JSON Schemas of the files that people and other programs write and read, exported from the types themselves."""

from typing import Any

import msgspec

_BASE = "https://json-schema.org/draft/2020-12/schema"


def export() -> dict[str, dict[str, Any]]:
    """Every schema by name: what `docs/reference/schemas/<name>.json` holds.

    `workspace` is `tenantry.toml` as JSON (editors with TOML support take it), `integration` the integration file,
    `profile` a profile.
    """
    from tenantry.integration import IntegrationFile
    from tenantry.profiles.model import Profile
    from tenantry.workspace.tables import WorkspaceFile

    kinds = {"workspace": WorkspaceFile, "integration": IntegrationFile, "profile": Profile}
    return {name: {"$schema": _BASE, "title": name, **msgspec.json.schema(kind)} for name, kind in kinds.items()}

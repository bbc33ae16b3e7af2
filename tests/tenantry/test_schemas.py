"""The published schemas: exported from the types, every field described, good files valid and bad ones not."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator

from tenantry import duration, profiles, schemas
from tests.tenantry.workspace.test_load import BASE, MISTAKES


def validator(name: str) -> Any:
    return OAS31Validator(schemas.export()[name])


def test_every_field_says_what_it_is() -> None:
    for name, schema in schemas.export().items():
        for kind, definition in schema["$defs"].items():
            assert definition.get("description"), (name, kind)
            for field, inner in definition.get("properties", {}).items():
                assert inner.get("description"), (name, kind, field)


def test_a_workspace_and_a_profile_are_valid() -> None:
    validator("workspace").validate(tomllib.loads(BASE))
    for name in profiles.names(None):
        path = Path(profiles.__file__).with_name(f"{name}.toml")
        validator("profile").validate(tomllib.loads(path.read_text(encoding="utf-8")))


def test_an_editor_sees_unknown_keys_and_bad_values() -> None:
    caught = 0
    for mistake in MISTAKES:
        text = BASE + mistake.get("add", "")
        if "replace" in mistake:
            text = BASE.replace(mistake["replace"], mistake["by"], 1)
        errors = list(validator("workspace").iter_errors(tomllib.loads(text)))
        caught += bool(errors)
        if "unknown key" in mistake["said"] or "is not one of" in mistake["said"]:
            assert errors, mistake
    assert caught > 20


DURATIONS = [("180d", 15552000), ("12h", 43200), ("60s", 60), ("1.5m", 90), ("2w", 1209600)]


@pytest.mark.parametrize(("text", "seconds"), DURATIONS)
def test_durations(text: str, seconds: float) -> None:
    assert duration.parse(text).total_seconds() == seconds


@pytest.mark.parametrize("text", ["", "180", "d", "-1d", "1 d", "1d\n", "٣d", "1y", "9999999d"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        duration.parse(text)

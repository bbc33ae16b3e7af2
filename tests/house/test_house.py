"""The house itself: layers, sizes, packaging, tables, and that asking for help stays instant."""

import importlib.metadata
import json
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import dev_tables
from tests import shared
from tests.house import sizes

ROOT = sizes.ROOT


def test_no_file_and_no_function_is_too_long() -> None:
    assert sizes.faults() == []


def test_imports_point_one_way() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_only_the_front_door_knows_click() -> None:
    for package in sizes.SHIPPED:
        for path in (ROOT / package).rglob("*.py"):
            if path.relative_to(ROOT).as_posix().startswith("tenantry/cli/"):
                continue
            assert "import click" not in path.read_text(encoding="utf-8"), path


@pytest.mark.slow
def test_the_wheel_holds_exactly_our_packages(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {n.split("/")[0] for n in names if ".dist-info" not in n} == set(sizes.SHIPPED)
    for needed in ("tenantry/profiles/telia-calendar.toml", "simulator/tables/permissions.json", "tenantry/py.typed"):
        assert needed in names


def test_no_other_distribution_provides_our_packages() -> None:
    owners = importlib.metadata.packages_distributions()
    for package in sizes.SHIPPED:
        assert set(owners.get(package, [])) <= {"tenantry"}, owners[package]


def test_dependencies_are_the_same_in_both_places() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    wanted = (ROOT / "requirements/run.in").read_text(encoding="utf-8").splitlines()
    assert sorted(project) == sorted(line for line in wanted if line and not line.startswith("#"))


@pytest.mark.shared
@pytest.mark.parametrize(("name", "make"), dev_tables.TABLES, ids=[name for name, _ in dev_tables.TABLES])
def test_shipped_tables_equal_the_reference_data(name: str, make: object) -> None:
    shared.path("graph/permissions.json")
    assert callable(make)
    assert (ROOT / name).read_text(encoding="utf-8") == dev_tables.render(make)


def test_help_imports_click_and_nothing_else_of_weight() -> None:
    code = (
        "import sys, json; from tenantry.cli.main import cli; "
        "cli.main(['--help'], standalone_mode=False); "
        "sys.stderr.write(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stderr))
    heavy = {
        "msgspec",
        "httpx",
        "aiohttp",
        "azure",
        "msgraph",
        "jinja2",
        "cryptography",
        "keyring",
        "asyncio",
        "tabulate",
    }
    assert not loaded & heavy
    assert "provision" in done.stdout
    assert not {"provision", "audit", "sync", "templates", "simulator"} & loaded

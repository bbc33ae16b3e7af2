"""The documentation is tested: generated pages are current, links lead somewhere, commands and recipes exist."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

import dev
from tenantry.cli.main import cli
from tests.house import reference
from tests.house.sizes import ROOT

PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}"


def test_generated_pages_are_current() -> None:
    """In a process of its own: click remembers how a command was first asked for help."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.house.reference", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"old: run `python dev.py docs`\n{done.stdout}{done.stderr}"


def command_lines() -> list[tuple[Path, str]]:
    """Every `tenantry …` line of the fenced blocks and inline code of the documentation."""
    found = []
    for page in PAGES:
        if page == ROOT / "docs/reference/commands.md":
            continue
        text = page.read_text(encoding="utf-8")
        found += [(page, line) for line in re.findall(r"^\s*(tenantry [^\n]*)$", text, re.M)]
        found += [(page, code) for code in re.findall(r"`(tenantry [^`\n]*)`", text)]
    return found


def resolves(words: list[str]) -> str:
    """An empty string if the words name a command and only options it has; else what is wrong."""
    command: click.Command = cli
    while words and isinstance(command, click.Group):
        name = words.pop(0)
        if name.startswith("-"):
            return ""
        child = command.get_command(click.Context(command), name)
        if child is None:
            return f"there is no command {name!r}"
        command = child
    known = {o for p in command.params for o in [*p.opts, *p.secondary_opts]} | {"--help", "-h"}
    unknown = [w for w in words if re.match(r"--?[a-z]", w) and w.split("=")[0] not in known]
    return f"{unknown} are no options of it" if unknown else ""


def test_every_command_in_the_docs_exists() -> None:
    lines = command_lines()
    assert len(lines) > 15
    for page, line in lines:
        words = shlex.split(re.split(r"\s(?:>|\||#)\s", line.replace("…", "X"))[0], comments=True)[1:]
        if words and re.fullmatch(r"[A-Z|…X]+", words[0]):
            continue  # a placeholder such as `tenantry COMMAND --help`
        assert not (wrong := resolves(words)), f"{page.relative_to(ROOT)}: `{line}`: {wrong}"


def test_every_recipe_of_dev_py_in_the_docs_exists() -> None:
    names = {recipe.__name__ for recipe in dev.RECIPES}
    for page in PAGES:
        for name in re.findall(r"python3? dev\.py ([a-z]+)", page.read_text(encoding="utf-8")):
            assert name in names, f"{page.relative_to(ROOT)}: dev.py has no recipe {name}"


def test_ci_runs_the_test_command_of_the_readme() -> None:
    assert "python dev.py test" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.search(r"^python dev\.py test$", (ROOT / ".ci/run").read_text(encoding="utf-8"), re.M)


def test_every_command_has_help_and_an_example() -> None:
    for path, command in reference.walk(cli, "tenantry"):
        assert command.help, path
        if not isinstance(command, click.Group):
            assert command.epilog, f"`{path} --help` shows no example"

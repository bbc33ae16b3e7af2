"""`render`: what a template may hold decides how values get into it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import templates
from tenantry.errors import RenderRefused


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A template folder of the test's own."""
    monkeypatch.setattr(templates, "ROOT", tmp_path)
    templates._environment.cache_clear()
    yield tmp_path
    templates._environment.cache_clear()


def test_every_value_of_a_script_is_quoted(folder: Path) -> None:
    (folder / "s.ps1.jinja").write_text("$a = {{ a }}\n$b = {{ b | safe }}\n{% for x in c %}\n{{ x }}\n{% endfor %}\n")
    text = templates.render("s.ps1", a="O’B'", b="$(x)", c=[1, True])
    assert text == "$a = 'O’’B'''\n$b = '$(x)'\n1\n$true\n"


def test_an_undefined_name_is_an_error(folder: Path) -> None:
    from jinja2 import UndefinedError

    for kind in ("ps1", "html", "md"):
        (folder / f"s.{kind}.jinja").write_text("{{ missing }}")
        with pytest.raises(UndefinedError, match="missing"):
            templates.render(f"s.{kind}")


def test_a_script_names_the_value_it_refuses(folder: Path) -> None:
    (folder / "s.ps1.jinja").write_text("{{ members }}")
    with pytest.raises(RenderRefused, match=r"members\[1\]: the control character U\+0000"):
        templates.render("s.ps1", members=["a", "\0"])


def test_bytes_have_bom_and_crlf(folder: Path) -> None:
    (folder / "s.ps1.jinja").write_text("a\n{{ x }}\n", encoding="utf-8")
    assert templates.render_bytes("s.ps1", x="Å") == b"\xef\xbb\xbfa\r\n'\xc3\x85'\r\n"


def test_html_and_markdown_are_escaped(folder: Path) -> None:
    (folder / "s.html.jinja").write_text("<p>{{ x }}</p>")
    (folder / "s.md.jinja").write_text("| {{ x }} |")
    assert templates.render("s.html", x="<b>'\"&") == "<p>&lt;b&gt;&#39;&#34;&amp;</p>"
    assert templates.render("s.md", x="a|b\n<i>*") == r"| a\|b \<i\>\* |"


def test_importing_templates_does_not_import_jinja() -> None:
    code = "import sys, templates; sys.exit('jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

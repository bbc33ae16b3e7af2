"""How the pages fit a phone, measured in Chromium."""

import html
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from templates.handover import render
from templates.reports import audit_html
from tests.templates.pages import REPORT, SHEET

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--dump-dom"]
MEASURE = """<!doctype html><body style="margin:0"><iframe id="f" style="border:0;width:{width}px;height:20000px"
srcdoc="{page}"></iframe><script>onload = () => {{
const d = document.getElementById("f").contentDocument; document.title = "W" + d.documentElement.scrollWidth; }}
</script>"""


@pytest.mark.chromium
@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("page", ["report", "sheet"])
def test_no_page_scrolls_sideways(page: str, width: int, tmp_path: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        assert "TENANTRY_REQUIRE_CHROMIUM" not in os.environ, "a Chromium browser is required here"
        pytest.skip("no Chromium browser on PATH")
    source = audit_html(REPORT) if page == "report" else render(SHEET, language="sv")
    file = tmp_path / "page.html"
    file.write_text(MEASURE.format(width=width, page=html.escape(source)), encoding="utf-8")
    command = [browser, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", file.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    found = re.search(r"<title>W(\d+)</title>", done.stdout)
    assert found is not None
    assert int(found[1]) <= width

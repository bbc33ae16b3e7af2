"""The page that lists the dialect is made from its tables."""

from simulator.dialect.reference import page
from tests.shared import ROOT


def test_the_page_is_up_to_date() -> None:
    written = (ROOT / "docs/reference/dialect.md").read_text(encoding="utf-8")
    assert written == page(), "python -m simulator.dialect.reference docs/reference/dialect.md"


def test_the_page_names_every_cmdlet_of_the_core() -> None:
    assert all(f"`{name}`" in page() for name in ("Where-Object", "ConvertTo-Json", "Select-Object"))

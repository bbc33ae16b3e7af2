"""The audit report: everything is in it, in order, and nothing else can get in."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates.reports import audit_html
from tests.templates.pages import LINKS, REPORT, finding, report


class Outline(HTMLParser):
    """Tags and text of a page; fails on tags that are not closed in order."""

    VOID = ("meta", "br", "link")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        """All text in one line."""
        return " ".join("".join(self.words).split())


def test_the_gravest_comes_first_and_passes_last() -> None:
    text = Outline(audit_html(REPORT)).text
    order = ["High-risk permission", "permission-excess", "Unknown:", "calendar-tenant-wide", "Waived:", "Passed"]
    places = [text.index(words) for words in order]
    assert places == sorted(places)
    assert "2 failed, 1 unknown" in text
    assert "Unverified evidence." in text
    assert "There is no manifest.json." in text
    assert "ida@contoso.com, until 2027-05-01: Retired in May." in text


@pytest.mark.parametrize(("unverified", "shown"), [(True, True), (False, False), ([], False), (None, False)])
def test_doubts_are_shown_where_there_are_any(unverified: object, shown: bool) -> None:
    page = audit_html(report(finding("c", "pass", "low"), unverified=unverified))
    assert ("Unverified evidence." in page) == shown


def test_everything_of_a_finding_is_there() -> None:
    text = Outline(audit_html(REPORT)).text
    for words in ("What was seen for permission-excess.", "appRoleAssignments.jsonl", "CIS M365 6.0 5.1.5.2", "Why."):
        assert words in text
    assert "Not in the snapshot." in text
    assert "ab" * 32 in text
    assert all(link["fact"] in text for link in LINKS)


def test_the_page_stands_alone() -> None:
    page = Outline(audit_html(REPORT))
    assert not {"script", "link", "img", "iframe"} & {tag for tag, _ in page.tags}
    links = [attrs["href"] for tag, attrs in page.tags if tag == "a"]
    assert links == ["https://learn.microsoft.com/graph/permissions-reference"] * 4
    assert not re.search(r"url\(|@import", audit_html(REPORT))


@pytest.mark.parametrize(
    ("verdicts", "line"),
    [
        (["pass", "pass"], "All passed"),
        (["pass", "waived"], "All passed or waived"),
        (["unknown", "pass"], "1 unknown"),
        (["conditional", "unknown"], "1 conditional, 1 unknown"),
        (["fail", "unknown"], "1 failed, 1 unknown"),
        ([], "Nothing was checked"),
        (["waived"], "Nothing was checked"),
    ],
)
def test_the_verdict_never_looks_better_than_it_is(verdicts: list[str], line: str) -> None:
    page = audit_html(report(*(finding(f"c{i}", verdict, "low") for i, verdict in enumerate(verdicts))))
    found = re.search(r'class="verdict (\w*)">([^<]*)<', page)
    assert found is not None
    assert found[2] == line
    assert (found[1] == "good") == line.startswith("All")


def test_same_input_same_bytes() -> None:
    assert audit_html(REPORT) == audit_html(REPORT)


@given(st.text(st.sampled_from("<>&\"'`{}%a ’\n"), max_size=20))
def test_no_text_becomes_markup(text: str) -> None:
    plain = finding("c", "fail", "low", fact="x", title="x", risk="x", command="x", remediation="x")
    nasty = finding("c", "fail", "low", fact=text, title=text, risk=text, command=text, remediation=text)
    tags = [tag for tag in Outline(audit_html(report(plain))).tags if tag[0] != "code"]
    found = [tag for tag in Outline(audit_html(report(nasty))).tags if tag[0] != "code"]
    if text:
        assert found == tags

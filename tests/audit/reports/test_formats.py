"""Every format with a finding of every verdict and with names that would like to be more than names."""

import csv
import html.parser
import io
import json
import re
from pathlib import Path

import msgspec
import pytest

from audit.finding import Acceptance, Finding, Pointer, Severity, Subject, Verdict
from audit.options import Options
from audit.report import GapNote, Report, SnapshotNote
from audit.reports import FORMATS
from audit.run import run
from audit.snapshot import open_snapshot
from audit.times import as_of
from tests.audit.evidence import AS_OF, clean, write

HOSTILE = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    " \t=1+1",
    "＝1+1",
    "<b>&amp;\"'</b><script>alert(1)</script>",
    "Ł’Ö Ærø 😀",
    "a|b`c`[d](e)*f*#g\\",
    "line\r\nbreak\u2028and\x1b[31mred\u202eturned",
    "",
]


def finding(name: str, verdict: Verdict, severity: Severity, number: int) -> Finding:
    return Finding(
        check=f"check-{number}",
        verdict=verdict,
        severity=severity,
        object=Subject(type="application", id=f"id-{number} {name}", name=name),
        fact=f"It says {name}.",
        evidence=(Pointer(file="applications.jsonl", id=name),),
        remediation="Run `tenantry provision apply contoso/telia`.",
        references=("https://learn.microsoft.com/x",),
        frameworks={"ISO/IEC 27001:2022": ("A.5.15",)},
        items=(name,),
        integration="contoso/telia",
        waiver=Acceptance(reason=name, owner=name, expires="2027-01-31") if verdict is Verdict.WAIVED else None,
    )


@pytest.fixture(scope="module")
def report() -> Report:
    severities = list(Severity)
    findings = [
        finding(name, verdict, severities[i % 4], i)
        for i, (name, verdict) in enumerate((name, verdict) for name in HOSTILE for verdict in Verdict)
    ]
    return Report(
        tool="tenantry",
        version="0.1.0",
        as_of="2026-11-21T00:00:00Z",
        snapshot=SnapshotNote(tenant="t", collected="2026-11-20T12:00:00Z", sha256="0" * 64),
        counts={str(v): len(HOSTILE) for v in Verdict},
        findings=tuple(findings),
        scope="integrations",
        unverified=("has no manifest.json.",),
        missing=(GapNote(file="signIns.jsonl", why="could not be read: HTTP 403."),),
    )


def test_json_is_the_contract(tmp_path: Path) -> None:
    made = run(open_snapshot(write(tmp_path, clean())), Options(as_of=as_of(AS_OF)))
    data = json.loads(FORMATS["json"](made))
    assert list(data)[:6] == ["tool", "version", "asOf", "snapshot", "counts", "findings"]
    assert list(data["snapshot"])[:3] == ["tenant", "collected", "sha256"]
    assert data["snapshot"]["name"] == "Contoso"
    assert list(data["counts"]) == ["pass", "fail", "conditional", "unknown", "waived"]
    wanted = ["check", "verdict", "severity", "object", "fact", "evidence", "remediation", "references", "frameworks"]
    for one in data["findings"]:
        assert list(one)[:9] == wanted
        assert list(one["object"]) == ["type", "id", "name"]
        assert all(list(pointer) == ["file", "id"] for pointer in one["evidence"])
        assert one["severity"] in ("low", "medium", "high", "critical")
    keys = [(one["check"], one["object"]["id"]) for one in data["findings"]]
    assert keys == sorted(keys)


def test_json_keeps_every_text(report: Report) -> None:
    data = json.loads(FORMATS["json"](report))
    assert [one["object"]["name"] for one in data["findings"]] == [f.object.name for f in report.findings]
    again = msgspec.convert(data["findings"], tuple[Finding, ...])
    assert again == report.findings


def test_no_csv_cell_runs_as_a_formula(report: Report) -> None:
    text = FORMATS["csv"](report)
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len(rows) == 1 + len(report.findings)
    assert len({len(row) for row in rows}) == 1
    for cell in (cell for row in rows for cell in row):
        assert not re.match(r"\s*[=+\-@|%\t\r＝＋－＠]", cell), cell
        assert "\x1b" not in cell
    names = {row[rows[0].index("object_name")] for row in rows[1:]}
    assert "'=1+1" in names
    assert "Ł’Ö Ærø 😀" in names


def test_markdown_keeps_its_tables_and_runs_no_markup(report: Report) -> None:
    text = FORMATS["md"](report)
    assert "<script>" not in text
    assert "<b>" not in text
    assert "\x1b" not in text
    assert "\u2028" not in text
    for line in text.splitlines():
        if line.startswith("| "):
            assert len(re.findall(r"(?<!\\)\|", line)) == 4, line
    assert "Unverified" in text
    assert "signIns.jsonl" in text


def test_the_table_stays_on_the_screen(report: Report) -> None:
    text = FORMATS["table"](report)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "UNVERIFIED" in text
    assert "accepted by" in text
    for check in (f"check-{i}" for i in range(len(report.findings))):
        assert check in text


class Tags(html.parser.HTMLParser):
    """Collects what is on the page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_shows_names_as_text(report: Report) -> None:
    page = Tags()
    page.feed(FORMATS["html"](report))
    assert "script" not in page.tags
    assert "b" not in page.tags
    assert "<script>alert(1)</script>" in page.text
    assert "Unverified" in page.text


def test_the_page_has_the_chain_and_the_titles_of_checks(tmp_path: Path) -> None:
    made = run(open_snapshot(write(tmp_path, clean())), Options(as_of=as_of(AS_OF)))
    page = Tags()
    page.feed(FORMATS["html"](made))
    assert "The chain: contoso/telia" in page.text
    assert "Ownership of the app" in page.text
    assert "applications.jsonl" in page.text

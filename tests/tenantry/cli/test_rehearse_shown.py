"""What `scripts rehearse` prints: tables, CSV, several files, long runs; and the scripts that it cannot take."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tenantry.cli import rehearsal_output, rehearsed
from tenantry.cli.main import run
from tenantry.cli.rehearsed import ENDS, Told
from tenantry.cli.script_files import LIMIT
from tests.tenant import SimulatedTenant, start

JSON = dict[str, Any]
APP = "0a1b2c3d-1111-4222-8333-444455556666"


@pytest.fixture(scope="module")
def tenant() -> Iterator[SimulatedTenant]:
    with start(users=80, start="2026-11-21T08:00:00Z") as started:
        yield started


@pytest.fixture(scope="module")
def place(tenant: SimulatedTenant, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of the rehearsal with two scripts."""
    folder = tmp_path_factory.mktemp("shown") / "workspace"
    ready = folder.with_suffix(".json")
    ready.write_text(json.dumps(tenant.ready), encoding="utf-8")
    domain = tenant.ready["domain"]
    for words in (
        ["init", str(folder), "--rehearsal", str(ready), "--profile", "telia-calendar"],
        ["scripts", "render", "access-policy", "-w", str(folder), "--app-id", APP, "--group", f"reception@{domain}"],
        ["scripts", "render", "service-user", "-w", str(folder), "--user", f"monitor@{domain}"],
        ["scripts", "render", "reviewer", "-w", str(folder), "--user", f"info@{domain}"],
    ):
        assert run(words) == 0
    return folder


def told(capsys: pytest.CaptureFixture[str], place: Path, *words: str, code: int = 0) -> tuple[str, str]:
    """Standard output and error of a rehearsal."""
    capsys.readouterr()
    found = ["--argument", "Confirm=false"] if "asks" not in words else []
    given = [word for word in words if word != "asks"]
    assert run(["scripts", "rehearse", "-w", str(place), *given, *found]) == code
    read = capsys.readouterr()
    return read.out, read.err


def script(place: Path, kind: str) -> str:
    (found,) = (place / "scripts").glob(f"{kind}-contoso-*.ps1")
    return str(found)


def test_what_if_lists_what_would_be_done(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = [script(place, "access-policy"), script(place, "service-user")]
    out, err = told(capsys, place, *both, "--what-if")
    assert "Make an application access policy" in out
    assert "Make a user with a mailbox" in out
    assert out.splitlines()[2].startswith("access-policy-")
    assert "would make 1 change, done" in err
    rows = list(csv.DictReader(io.StringIO(told(capsys, place, *both, "--what-if", "-o", "csv")[0])))
    assert [(row["kind"], row["what"]) for row in rows] == [
        ("would", "Make an application access policy"),
        ("would", "Make a user with a mailbox"),
    ]
    out, _ = told(capsys, place, *both, "--what-if", "-o", "md")
    assert out.startswith("| script ")


def test_prompts_stand_where_they_are_asked(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, err = told(capsys, place, script(place, "access-policy"), "asks")
    lines = out.splitlines()
    assert lines[2].startswith("asks    Make an application access policy")
    assert lines[3].startswith("change  New-ApplicationAccessPolicy")
    assert "1 change (New-ApplicationAccessPolicy 1), 1 prompt, done" in err


def test_a_long_table_shows_its_ends_and_the_rest_is_elsewhere(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], tenant: SimulatedTenant
) -> None:
    assert run(["scripts", "render", "reviewer", "-w", str(place), "--user", people(tenant)[0]]) == 0
    out, _ = told(capsys, place, script(place, "reviewer"), "--what-if", "asks", "--out", str(tmp_path / "out"))
    document = json.loads((tmp_path / "out" / "reviewer-contoso-telia.rehearsal.json").read_text(encoding="utf-8"))
    count = len(document["whatIf"])
    assert count < 2 * ENDS, "the table is whole"
    assert len(out.splitlines()) == count + 2
    out, _ = told(capsys, place, script(place, "reviewer"), "asks")
    (gap,) = [line for line in out.splitlines() if line.startswith("…")]
    assert gap.split()[-1] == "more"
    assert len(out.splitlines()) == 2 * ENDS + 3


def people(tenant: SimulatedTenant) -> list[str]:
    return [str(user["mail"]) for user in tenant.state("users") if user.get("mail") and user.get("accountEnabled")][1:]


def test_pieces_of_json_are_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = Told('å"b.ps1')
    for number in range(3):
        one.take("change", {"cmdlet": "Set-X", "target": "å", "before": {"A": [1]}, "after": None, "line": number})
    one.take("prompt", "sure?")
    one.take("refused", {"what": "%", "line": 7, "why": ""})
    one.take("progress", {"activity": "a", "status": "b"})
    two = Told("empty.ps1")
    two.take("result", {"A": {"B": []}})
    for documents in ([one], [one, two]):
        text = "".join(rehearsal_output.documents(documents))
        assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"
    found = json.loads("".join(one.document(plain=True)))
    assert list(found) == ["script", "changes", "prompts", "errors", "result", "warnings", "whatIf"]
    assert (found["script"], len(found["changes"]), found["errors"][0]["line"]) == ('å"b.ps1', 3, 7)
    assert json.loads("".join(two.document()))["result"] == {"A": {"B": []}}
    assert [row["before"] for row in one.rows()][:1] == ["A [1]"]
    one.close()
    two.close()


def test_ends_leave_nothing_out_of_a_short_list() -> None:
    for count in (0, 1, ENDS, 2 * ENDS):
        first, left, last = rehearsed.ends({"n": n} for n in range(count))
        assert [row["n"] for row in (*first, *last)] == list(range(count))
        assert left == 0
    assert rehearsed.ends({"n": n} for n in range(2 * ENDS + 5))[1] == 5


ODD: dict[str, tuple[bytes | str, str, str]] = {  # content, the line, what is named
    "typographic quotes": ("\ufeff$a = 1\n$b = “x”\n", ":2", "“"),
    "typographic dash": ("\ufeff$a = 1\nGet-Mailbox –Identity 'x'\n", ":2", "–"),
    "an alias": ("$a = 1\n$a | % { $_ }\n", ":2", "ForEach-Object"),
    "another alias": ("$a = 1\n\n$a | select Name\n", ":3", "Select-Object"),
    "a value without a name": ("Get-Mailbox 'anna@contoso.com'\n", ":1", "Get-Mailbox"),
    "a foreign cmdlet": ("\nGet-ADUser -Identity x\n", ":2", "Get-ADUser"),
    "an unknown parameter": ("Get-Mailbox -Banana 3\n", ":1", "-Banana"),
    "another product's cmdlet": ("Get-EXOMailbox -ResultSize 3\n", ":1", "Get-EXOMailbox"),
    "a program": ("robocopy a b\n", ":1", "robocopy"),
    "a class": ("class A { }\n", ":1", "class"),
    "an open string": ("$a = 'x\n\n", ":1", "'"),
    "another code page": ("$a = 1\n$b = 'åäö'\n".encode("cp1252"), ":2", "0xe5"),
    "no byte order mark": ("$a = 1\n$b = 'å'\n", ":2", "'å'"),
    "UTF-16": ("$a = 1\n".encode("utf-16"), ":1", "UTF-16"),
    "UTF-16 without a mark": ("$a = 1\n".encode("utf-16-le"), ":1", "UTF-16"),
    "a zero byte": (b"$a = 1\n$b = '\0'\n", ":2", "zero byte"),
    "too deep": ("(" * 4000 + "1" + ")" * 4000, ":1", "("),
    "too large": ("# a line\n" * (LIMIT // 8), "", "MB"),
}


@pytest.mark.parametrize("case", ODD)
def test_a_script_that_cannot_be_rehearsed_is_refused_by_name_and_line(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    content, line, named = ODD[case]
    path = tmp_path / "odd.ps1"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    _, err = told(capsys, place, str(path), "asks", code=2)
    errors = [row for row in err.splitlines() if row.startswith("Error: ")]
    assert len(errors) == 1, err
    assert f"odd.ps1{line}: " in errors[0]
    assert named in errors[0]


def test_all_files_that_cannot_be_read_are_told_before_anything_runs(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.ps1").write_bytes("'å'".encode("utf-16"))
    (tmp_path / "b.ps1").write_bytes(b"'\xe5'")
    given = [str(tmp_path / name) for name in ("a.ps1", "b.ps1", "c.ps1")]
    out, err = told(capsys, place, *given, script(place, "service-user"), code=2)
    assert out == ""
    assert [name in err for name in ("a.ps1:1", "b.ps1:1", "c.ps1:")] == [True] * 3
    assert "service-user" not in err


def test_every_refusal_and_every_error_of_several_files_is_told(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = {"a": "throw 'first'\n", "b": "\nGet-ADUser -Identity x\n", "c": "'fine'\n", "d": "\n\nthrow 'second'\n"}
    for name, text in texts.items():
        (tmp_path / f"{name}.ps1").write_text(text, encoding="utf-8")
    files = [str(tmp_path / f"{name}.ps1") for name in texts]
    out, err = told(capsys, place, *files, "asks", "-o", "json", code=2)
    assert [row["script"] for row in json.loads(out)] == ["a.ps1", "b.ps1", "c.ps1", "d.ps1"]
    assert "Error: b.ps1:2: Get-ADUser" in err
    assert "Error: a.ps1:1: the script ended with an error: first" in err
    assert "Error: d.ps1:3: the script ended with an error: second" in err
    _, err = told(capsys, place, files[0], files[3], "asks", code=3)
    assert err.count("Error: ") == 2


def test_arguments_may_be_false(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for word in ("Confirm=false", "-Confirm=$false"):
        _, err = told(capsys, place, script(place, "reviewer"), "--argument", "Remove", "--argument", word, "asks")
        assert "prompt" not in err
    assert run(["scripts", "rehearse", "-w", str(place), script(place, "reviewer"), "--argument", "=x"]) == 2

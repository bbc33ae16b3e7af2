"""The list of sinks: every module is in it, every wrong one is told."""

from pathlib import Path
from typing import Any

import pytest

from sync.sinks import SINKS, name_of, open_sinks
from tenantry.errors import ConfigurationError
from tests.sync.make import integration

STORE = {"kind": "file", "path": "hook"}


def test_every_module_of_the_folder_is_in_the_list() -> None:
    folder = Path(__file__).parents[3] / "sync" / "sinks"
    assert {path.stem for path in folder.glob("*.py")} - {"__init__", "interface"} == set(SINKS)


def test_sinks_are_opened_by_name(tmp_path: Path) -> None:
    (tmp_path / "hook").write_text("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", encoding="utf-8")
    (tmp_path / "hook").chmod(0o600)
    sinks = [
        {"kind": "jsonl", "path": "out.jsonl"},
        {"kind": "webhook", "url": "https://pbx.contoso.com/hook", "secret": STORE, "name": "pbx"},
        {"kind": "webhook", "url": "http://localhost:8000/hook", "secret": STORE},
    ]
    file = integration(sinks=sinks)
    names = ["jsonl:out.jsonl", "pbx", "webhook:http://localhost:8000/hook"]
    assert list(open_sinks(file, tmp_path)) == names == [name_of(sink) for sink in file.sinks]


@pytest.mark.parametrize(
    ("sink", "what"),
    [
        ({"kind": "jsonl"}, "needs a path"),
        ({"kind": "webhook", "secret": STORE}, "needs a url"),
        ({"kind": "webhook", "url": "ftp://x", "secret": STORE}, "needs a url"),
        ({"kind": "webhook", "url": "http://pbx.contoso.com", "secret": STORE}, "use https"),
        ({"kind": "webhook", "url": "https://pbx.contoso.com"}, "needs a secret"),
        ({"kind": "sql"}, "kind sql"),
    ],
)
def test_a_wrong_sink_is_told_with_its_place(tmp_path: Path, sink: dict[str, Any], what: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        open_sinks(integration(sinks=[sink, {"kind": "jsonl"}]), tmp_path)
    assert what in str(refused.value)
    assert [problem.field for problem in refused.value.problems] == ["sinks[0]", "sinks[1]"]

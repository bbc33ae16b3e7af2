"""The people file: what spreadsheets write, and every problem with its line."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenantry.errors import ConfigurationError
from tenantry.integration import Person
from tenantry.workspace.people import read_people


def people(tmp_path: Path, raw: str | bytes) -> tuple[Person, ...]:
    path = tmp_path / "people.csv"
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    return read_people(path)


def problems(tmp_path: Path, raw: str | bytes) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        people(tmp_path, raw)
    return [str(problem).replace(f"{tmp_path}/people.csv:", "") for problem in caught.value.problems]


def test_what_spreadsheets_write(tmp_path: Path) -> None:
    expected = (
        Person(address="Åsa.O'Brien@x.se", key="4711", follow=True),
        Person(address="Bo@x.se", key="bo@x.se", follow=None),
        Person(address="c@x.se", key="Växel; 1", follow=False),
    )
    lines = ["Address;KEY;follow", "Åsa.O'Brien@x.se;4711;ja", " Bo@x.se ;;", "", ';"";', 'c@x.se;"Växel; 1";No']
    for end in ("\n", "\r\n"):
        for mark in (b"", b"\xef\xbb\xbf"):
            assert people(tmp_path, mark + end.join(lines).encode()) == expected
    assert people(tmp_path, "address\nc@x.se\n") == (Person(address="c@x.se", key="c@x.se"),)
    assert people(tmp_path, "key\taddress\n1\tc@x.se\n") == (Person(address="c@x.se", key="1"),)
    assert people(tmp_path, "address,key\n") == ()


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("", ["1: is empty. Begin with the line address,key,follow."]),
        ("addres,key\na@b.c,1\n", ['1: addres: unknown column. Did you mean "address"?']),
        ("mail,key\na@b.c,1\n", ["1: mail: unknown column.", "1: address: this column is missing."]),
        ("address,address\na@b.c,d@e.f\n", ["1: address: this column comes twice."]),
        ("address\nx\n\ny z@a.b\n", ['2: address: "x" is not an address.', '4: address: "y z@a.b" is not an address.']),
        ("address,key\n,1\n", ["2: address: is empty."]),
        ("address,key\na@b.c,1\nA@B.c,2\n", ["3: address: A@B.c is on line 2 already. One line a person."]),
        ("address,key\na@b.c,1\nd@b.c,1\n", ['3: key: "1" is on line 2 already. A key belongs to one person.']),
        ("address,key,follow\na@b.c,1,maybe\n", ['2: follow: "maybe" is not yes, no or empty.']),
        ("address,key\na@b.c,1,2,3\n", ["2: has 4 cells, the header has 2."]),
        ('address,key\n"a@b.c,1\n', ["is not CSV:"]),
        ("address,key\na@b.c,\"x\x1b[2J\"\n", ["2: holds control characters."]),
        (b"address\n\xe5@b.c\n", ["2: is not UTF-8. Save it as CSV UTF-8."]),
    ],
)  # fmt: skip
def test_what_can_be_wrong(tmp_path: Path, raw: str | bytes, said: list[str]) -> None:
    found = problems(tmp_path, raw)
    assert len(found) == len(said), found
    for text, expected in zip(found, said, strict=True):
        assert expected in text


def test_a_thousand_problems_are_counted_not_poured_out(tmp_path: Path) -> None:
    found = problems(tmp_path, "address\n" + "x\n" * 1000)
    assert len(found) == 101
    assert found[-1].endswith("900 more problems.")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_people(tmp_path / "none.csv")


NAMES = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="@,;\"'"), min_size=1, max_size=6)
KEYS = st.text(st.characters(exclude_categories=["C"]), max_size=8).map(str.strip)


@given(st.lists(st.tuples(NAMES, KEYS, st.sampled_from(["", "yes", "no"])), max_size=12), st.sampled_from(",;\t"))
@settings(max_examples=150, deadline=None)
def test_what_the_csv_module_writes_is_read_back_or_told(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]], delimiter: str
) -> None:
    target = io.StringIO()
    writer = csv.writer(target, delimiter=delimiter)
    writer.writerow(["address", "key", "follow"])
    writer.writerows([f"{name}@x.se", key, follow] for name, key, follow in rows)
    addresses = [f"{name}@x.se".lower() for name, _, _ in rows]
    keys = [key or address for address, (_, key, _) in zip(addresses, rows, strict=True)]
    path = tmp_path_factory.mktemp("csv") / "people.csv"
    path.write_text(target.getvalue(), encoding="utf-8", newline="")
    if len(set(addresses)) < len(addresses) or len(set(keys)) < len(keys):
        with pytest.raises(ConfigurationError):
            read_people(path)
        return
    read = read_people(path)
    assert [(p.address.lower(), p.key) for p in read] == list(zip(addresses, keys, strict=True))
    assert [p.follow for p in read] == [{"": None, "yes": True, "no": False}[follow] for _, _, follow in rows]

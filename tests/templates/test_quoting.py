"""The quoting filter: one constant with exactly that value, or a refusal."""

import unicodedata
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates import quoting
from tenantry.errors import RenderRefused
from tests import shared
from tests.templates.scanner import read_literal, read_whole

SPECIAL = "'\u2018\u2019\u201a\u201b\"\u201c\u201d\u201e`$(){}@#<>;|&=-\u2013\u2014\u2015 \tÅłŐ🦊\u200d\u3000ab"
REFUSED = "\n\r\0\x1b\x7f\x85\u202e\u2066\ud83e"
TEXT = st.one_of(
    st.text(st.sampled_from(SPECIAL), max_size=40),
    st.text(st.sampled_from("'\u2018\u2019\u201a\u201ba "), max_size=12),
    st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=40),
    st.text(st.sampled_from(SPECIAL + REFUSED), min_size=1, max_size=12),
    st.text(st.characters(), max_size=40),
)


def refused(text: str) -> bool:
    """Whether the rule of the house refuses `text`, from Unicode's own categories."""
    bidi = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    return any(
        (unicodedata.category(c) in ("Cc", "Cs") and c != "\t") or unicodedata.bidirectional(c) in bidi for c in text
    )


@given(TEXT)
def test_a_literal_reads_back_exactly_or_is_refused(text: str) -> None:
    if refused(text):
        with pytest.raises(RenderRefused):
            quoting.literal(text)
    else:
        assert read_whole(quoting.literal(text)) == text


@given(TEXT, TEXT)
def test_nothing_of_the_text_leaves_the_literal(text: str, after: str) -> None:
    """Whatever stands behind the closing quote (not a quote itself) stays behind it."""
    literal = f"'{quoting.escape(text)}'"
    assert read_literal(f"{literal} {after}") == (text, len(literal))


@given(st.lists(TEXT.filter(lambda text: not refused(text)), max_size=4))
def test_a_list_holds_each_text_once(texts: list[str]) -> None:
    source = quoting.literal(texts)
    assert source.startswith("@(")
    at, found = 2, []
    while source[at] != ")":
        text, at = read_literal(source, at)
        found.append(text)
        at += 2 if source[at] == "," else 0
    assert found == texts
    assert source[at:] == ")"


@pytest.mark.shared
def test_recorded_literals() -> None:
    """The engine's own escaping, for every recorded text."""
    rows = shared.lines("powershell/literals.jsonl")
    assert len(rows) >= 1000
    for row in rows:
        assert quoting.escape(row["text"]) == row["escaped"]
        assert quoting.escape_format(row["text"]) == row["formatEscaped"]
        assert row["exact"]
        if refused(row["text"]):
            with pytest.raises(RenderRefused):
                quoting.literal(row["text"])
        else:
            assert quoting.literal(row["text"]) == f"'{row['escaped']}'"


def test_the_usual_bug_is_not_ours() -> None:
    """Doubling U+0027 only would end this literal at the typographic quote."""
    assert quoting.literal("O’Brien'; Remove-Mailbox x") == "'O’’Brien''; Remove-Mailbox x'"


@pytest.mark.parametrize(
    ("text", "point", "what"),
    [
        ("a\0b", "U+0000", "control character"),
        ("a\nb", "U+000A", "line break"),
        ("a\rb", "U+000D", "line break"),
        ("a\x85b", "U+0085", "control character"),
        ("a\u202eb", "U+202E", "bidirectional control"),
        ("a\u2066b", "U+2066", "bidirectional control"),
        ("a\ud83eb", "U+D83E", "lone surrogate"),
    ],
)
def test_a_refusal_names_field_and_code_point(text: str, point: str, what: str) -> None:
    with pytest.raises(RenderRefused) as caught:
        quoting.literal(text, "group")
    message = str(caught.value)
    assert message.startswith("group: ")
    assert point in message
    assert what in message
    assert "position 2" in message
    assert text not in message


@pytest.mark.parametrize("text", ["Å", "ł", "O’Brien", "🦊", "👩‍🚒", "שלום", "a\tb", "", "\u2028", "\ufeff"])
def test_what_people_are_called_is_never_refused(text: str) -> None:
    assert read_whole(quoting.literal(text)) == text


def test_all_refusals_come_at_once() -> None:
    with pytest.raises(RenderRefused) as caught:
        quoting.check_all({"group": "a\nb", "members": ["fine", "x\0"], "deep": {"er": "\u202e", "bad\n": 1, 2: None}})
    message = str(caught.value)
    assert all(part in message for part in ("group:", "members[1]:", "deep.er:", "a key of deep:"))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "$null"),
        (True, "$true"),
        (False, "$false"),
        (0, "0"),
        (-7, "-7"),
        (2**63 - 1, "9223372036854775807"),
        (1.5, "1.5"),
        ([], "@()"),
        (("a", "b'"), "@('a', 'b''')"),
        ([1, [True]], "@(1, @($true))"),
        ({1: "a"}, "@{ 1 = 'a' }"),
        ({}, "@{}"),
        ({"Name": "O’B", "odd key": 1}, "@{ 'Name' = 'O’’B'; 'odd key' = 1 }"),
        (uuid.UUID("8F0C7E3A-0000-4000-8000-000000000001"), "'8f0c7e3a-0000-4000-8000-000000000001'"),
    ],
)
def test_constants(value: object, expected: str) -> None:
    assert quoting.literal(value) == expected


@pytest.mark.parametrize(
    "value", [2**63, float("nan"), float("inf"), b"bytes", object(), {"a": 1, "A": 2}, {1, 2}, 1j, [object()]]
)
def test_values_without_a_constant_are_refused(value: object) -> None:
    with pytest.raises(RenderRefused):
        quoting.literal(value)


def test_guid_is_canonical() -> None:
    assert quoting.guid("{8F0C7E3A-0000-4000-8000-000000000001}", "id") == "8f0c7e3a-0000-4000-8000-000000000001"


@pytest.mark.parametrize(
    "text", ["*", "", "8f0c7e3a", "8f0c7e3a-0000-4000-8000-00000000000g", "8f0c7e3a00004000800000000000000１"]
)
def test_what_is_no_guid_is_refused(text: str) -> None:
    with pytest.raises(RenderRefused, match="app id"):
        quoting.guid(text, "app id")


def test_word_takes_only_words_of_the_list() -> None:
    assert quoting.word("restrictaccess", "right", ["RestrictAccess", "DenyAccess"]) == "RestrictAccess"
    with pytest.raises(RenderRefused, match="right"):
        quoting.word("RestrictAccess; x", "right", ["RestrictAccess", "DenyAccess"])


@pytest.mark.parametrize(("text", "found"), [("O'Brien", False), ("O’Brien", True), ("‚", True), ("“x”", False)])
def test_typographic_quotes_stay_out_of_filters(text: str, found: bool) -> None:
    assert quoting.typographic(text) is found


def test_a_filter_asks_for_the_beginning() -> None:
    """OPATH has quotes of its own inside the literal of PowerShell."""
    assert quoting.opath_beginning("d'Ö’Brien") == "'d''Ö*'"
    assert quoting.literal(f"Name -like {quoting.opath_beginning('a‘')}") == "'Name -like ''a*'''"

"""The filter language: what it means is compared with plain Python, what it refuses with the service's words."""

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.odata.evaluate import FilterMeaningError, predicate
from simulator.odata.syntax import DEEPEST, FilterSyntaxError, parse

JSON = dict[str, Any]
Test = Callable[[JSON], bool]

TEXTS = st.text(st.sampled_from("abAB' ,()åŁ"), max_size=4)
ROWS = st.fixed_dictionaries(
    {
        "displayName": st.none() | TEXTS,
        "accountEnabled": st.none() | st.booleans(),
        "createdDateTime": st.none() | st.sampled_from(["2024-01-01T00:00:00Z", "2024-06-01T12:00:00.5Z"]),
        "proxyAddresses": st.lists(TEXTS, max_size=3),
        "assignedLicenses": st.lists(st.fixed_dictionaries({"skuId": TEXTS}), max_size=2),
    }
)


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def same(one: str | None, two: str | None) -> bool:
    return one is two if one is None or two is None else one.casefold() == two.casefold()


def is_text(value: str) -> tuple[str, Test]:
    return f"displayName eq {quoted(value)}", lambda row: same(row["displayName"], value)


def is_not_text(value: str) -> tuple[str, Test]:
    return f"displayName ne {quoted(value)}", lambda row: not same(row["displayName"], value)


def begins(value: str) -> tuple[str, Test]:
    def test(row: JSON) -> bool:
        return row["displayName"] is not None and row["displayName"].casefold().startswith(value.casefold())

    return f"startswith(displayName, {quoted(value)})", test


def among(values: list[str]) -> tuple[str, Test]:
    def test(row: JSON) -> bool:
        return any(same(row["displayName"], value) for value in values)

    return f"displayName in ({', '.join(map(quoted, values))})", test


def has_address(value: str) -> tuple[str, Test]:
    def test(row: JSON) -> bool:
        return any(same(one, value) for one in row["proxyAddresses"])

    return f"proxyAddresses/any(x:x eq {quoted(value)})", test


def all_licences(value: str) -> tuple[str, Test]:
    def test(row: JSON) -> bool:
        return all(same(one["skuId"], value) for one in row["assignedLicenses"])

    return f"assignedLicenses/all(l: l/skuId eq {quoted(value)})", test


def after(value: str) -> tuple[str, Test]:
    def test(row: JSON) -> bool:
        # the two times in ROWS sort as texts
        return row["createdDateTime"] is not None and row["createdDateTime"] >= value

    return f"createdDateTime ge {value}", test


LEAVES = st.one_of(
    TEXTS.map(is_text),
    TEXTS.map(is_not_text),
    TEXTS.map(begins),
    st.lists(TEXTS, min_size=1, max_size=3).map(among),
    TEXTS.map(has_address),
    TEXTS.map(all_licences),
    st.sampled_from(["2024-01-01T00:00:00Z", "2024-03-01T00:00:00Z"]).map(after),
    st.booleans().map(lambda v: (f"accountEnabled eq {str(v).lower()}", lambda row: row["accountEnabled"] is v)),
    st.just(("displayName eq null", lambda row: row["displayName"] is None)),
    st.just(("proxyAddresses/any()", lambda row: bool(row["proxyAddresses"]))),
    st.just(("assignedLicenses/$count eq 0", lambda row: not row["assignedLicenses"])),
)


def joined(pair: tuple[tuple[str, Test], tuple[str, Test]]) -> st.SearchStrategy[tuple[str, Test]]:
    (one, first), (two, second) = pair
    return st.sampled_from(
        [
            (f"({one}) and ({two})", lambda row: first(row) and second(row)),
            (f"{one} or ({two})", lambda row: first(row) or second(row)),
            (f"not ({one})", lambda row: not first(row)),
            (f"NOT({one}) AND {two}" if " or " not in two else f"NOT({one}) AND ({two})",
             lambda row: not first(row) and second(row)),
        ]
    )  # fmt: skip


FILTERS = st.recursive(LEAVES, lambda inner: st.tuples(inner, inner).flatmap(joined), max_leaves=5)


@given(FILTERS, st.lists(ROWS, min_size=1, max_size=6))
def test_a_filter_means_what_python_means(made: tuple[str, Test], rows: list[JSON]) -> None:
    text, expected = made
    test = predicate(parse(text), "user")
    assert [test(row) for row in rows] == [expected(row) for row in rows], text


@given(TEXTS, TEXTS, TEXTS, st.lists(ROWS, min_size=1, max_size=4))
def test_and_binds_before_or(one: str, two: str, three: str, rows: list[JSON]) -> None:
    (a, first), (b, second), (c, third) = is_text(one), begins(two), has_address(three)
    test = predicate(parse(f"{a} or {b} and {c}"), "user")
    assert [test(row) for row in rows] == [first(row) or (second(row) and third(row)) for row in rows]


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(FilterSyntaxError, FilterMeaningError):
        assert callable(predicate(parse(text), "user"))


@pytest.mark.parametrize(
    "text",
    [
        "", "displayName", "displayName eq", "displayName eq 'a", "displayName eq 'a' and", "(displayName eq 'a'",
        "displayName in ()", "displayName eq 'a' 'b'", "proxyAddresses/any(x eq 'a')", "displayName == 'a'", "eq 'a'",
        "not " * (DEEPEST + 1) + "accountEnabled", "startswith(displayName 'a')", "displayName eq 2024-13-45",
    ],
)  # fmt: skip
def test_what_is_no_filter_is_refused(text: str) -> None:
    if text == "displayName":  # reads, and passes nothing: it is no truth value
        assert not predicate(parse(text), "user")({"displayName": "a"})
        return
    with pytest.raises(FilterSyntaxError, match="Syntax error at position"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("colour eq 'red'", "Could not find a property named 'colour' on type 'microsoft.graph.user'."),
        ("assignedLicenses/any(l:l/colour eq 'x')", "Could not find a property named 'colour'"),
        ("displayName eq 7", "Found operand types 'Edm.String' and 'Edm.Int32' for operator kind 'Equal'."),
        ("accountEnabled eq 'true'", "'Edm.Boolean' and 'Edm.String'"),
        ("createdDateTime gt '2024-01-01'", "'Edm.DateTimeOffset' and 'Edm.String'"),
        ("startswith(displayName)", "No function signature"),
    ],
)
def test_what_means_nothing_is_refused(text: str, words: str) -> None:
    with pytest.raises(FilterMeaningError) as caught:
        predicate(parse(text), "user")
    assert words in str(caught.value)


def test_the_rest_of_the_language() -> None:
    row = {"displayName": "Åsa", "createdDateTime": "2024-06-01T12:00:00.1234567Z", "extension_1_x": "y"}
    for text in (
        "tolower(displayName) eq 'ÅSA'",
        "endswith(displayName,'SA')",
        "contains(displayName,'s')",
        "DISPLAYNAME eq 'åsa'",
        "createdDateTime gt 2024-06-01 and createdDateTime lt 2024-06-02",
        "displayName gt 'a' and displayName le 'Åsa'",
        "extension_1_x eq 'y'",
        "mail eq null and accountEnabled ne true",
        "not(displayName lt 'a')",
        "not (mail gt 'a')",
    ):
        assert predicate(parse(text), "user")(row), text
    grant = {"appRoleId": "00000000-0000-0000-0000-000000000001"}
    for text in (
        "appRoleId eq 00000000-0000-0000-0000-000000000001",
        "appRoleId eq '00000000-0000-0000-0000-000000000001'",
    ):
        assert predicate(parse(text), "appRoleAssignment")(grant)
    odd = {"createdDateTime": "never"}
    assert not predicate(parse("createdDateTime gt 2024-01-01T00:00:00Z"), "user")(odd)
    assert predicate(parse("passwordProfile/forceChangePasswordNextSignIn eq null"), "user")(odd)

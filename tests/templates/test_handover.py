"""The hand-over sheet, in both languages and formats."""

import msgspec
import pytest

from templates.handover import Field, Format, Language, render
from templates.handover.words import WORDS
from templates.markdown import markdown, prose
from tests.templates.pages import ID, SHEET
from tests.templates.test_reports import Outline


def test_every_language_has_every_word() -> None:
    assert {language: words.keys() for language, words in WORDS.items()} == dict.fromkeys(WORDS, WORDS["en"].keys())
    assert all(all(words.values()) for words in WORDS.values())


@pytest.mark.parametrize("language", ["en", "sv"])
@pytest.mark.parametrize("form", ["html", "md"])
def test_everything_is_on_the_sheet(language: Language, form: Format) -> None:
    text = render(SHEET, format=form, language=language)
    if form == "html":
        assert f'<html lang="{language}">' in text
        text = Outline(text).text
    for words in (SHEET.title, SHEET.secret_location, ID, "Alias räknas inte.", "2027-05-20", "Klienthemlighet"):
        assert words in text
    for key in ("form", "secret", "steps", "renewal", "pitfalls", "apart", "secret_rule"):
        assert WORDS[language][key] in text


def test_parts_without_content_are_left_out() -> None:
    bare = msgspec.structs.replace(SHEET, steps=(), secret_location="", expires="", renewal=(), pitfalls=())
    forms: tuple[Format, ...] = ("html", "md")
    for form in forms:
        text = render(bare, format=form)
        assert WORDS["en"]["no_expiry"] in text
        for key in ("secret", "steps", "renewal", "pitfalls"):
            assert f"{WORDS['en'][key]}\n" not in text
            assert f">{WORDS['en'][key]}<" not in text


def test_a_secret_field_cannot_carry_a_value() -> None:
    with pytest.raises(ValueError, match="Klienthemlighet"):
        Field(label="Klienthemlighet", value="abc", secret=True)


def test_markdown_shows_text_as_it_is() -> None:
    assert markdown("a|b *c* <d>\r\ne `x --y` `z") == r"a\|b \*c\* \<d\> e `x --y` \`z"


def test_prose_keeps_code_and_nothing_else() -> None:
    assert prose("run `a<b` & <i>") == "run <code>a&lt;b</code> &amp; &lt;i&gt;"


def test_a_table_row_stays_one_row() -> None:
    sheet = msgspec.structs.replace(SHEET, fields=(Field(label="a|b\nc", value="`x|y`", note="n"),))
    rows = [line for line in render(sheet, format="md").splitlines() if line.startswith("|")]
    assert rows[2:] == [r"| a\|b c | \`x\|y\` | n |"]

"""Hostile texts through the filter and through each value of each script; files read in a wrong code page."""

import functools
import re
import unicodedata
from pathlib import Path
from typing import Any

import msgspec
import pytest

from simulator.exchange.rehearsal import Order, rehearse, session_for
from templates import quoting, scripts
from tenantry.errors import RenderRefused
from tests.simulator.exchange.shell import Shell
from tests.simulator.exchange.stage import Run, staged
from tests.templates.checks.source import _PARSER, BOM, walk
from tests.templates.examples import EXAMPLES, TARGET
from tests.templates.hostile import BIDI, HUNDRED, LONE, PEOPLE, SINGLE, corpus
from tests.templates.scanner import read_whole, scan
from tests.templates.test_quoting import refused
from tests.templates.test_scripts import PLACES, WIDE, place_takes, render_at

PAGES = (*range(1250, 1259), 874, 437, 850, 932, 936, 949, 950)


def test_the_corpus_covers_what_it_says() -> None:
    texts = corpus()
    assert len(texts) >= 5000
    categories = {unicodedata.category(char) for text in texts for char in text}
    assert len(categories) == 30
    assert len(HUNDRED) >= 100
    assert {unicodedata.category(char) for text in HUNDRED for char in text} == categories
    assert all(any(char in text for text in HUNDRED) for char in SINGLE + BIDI[3:5] + LONE[:2])


def test_the_filter_gives_one_constant_or_refuses() -> None:
    for text in corpus():
        if refused(text):
            with pytest.raises(RenderRefused, match=r"^field: the .* U\+[0-9A-F]{4,6} at position \d+"):
                quoting.literal(text, "field")
        else:
            assert read_whole(quoting.literal(text)) == text


def test_another_parser_sees_one_constant() -> None:
    """Where no typographic quote is in it, since the grammar knows U+0027 only: statement by statement."""
    plain = [text for text in corpus() if not refused(text) and not set(text) & set(SINGLE[1:])]
    source = "\n".join(f"Get-It -Name {quoting.literal(text)}" for text in plain)
    root = _PARSER.parse(source.encode()).root_node
    found = [node.text.decode() for node in walk(root, "verbatim_string_characters") if node.text is not None]
    assert not root.has_error
    assert found == [quoting.literal(text) for text in plain]


def test_what_people_are_called_is_never_refused() -> None:
    assert [name for name in PEOPLE if read_whole(quoting.literal(name)) != name] == []


@functools.cache
def masked(where: str, text: str) -> str:
    """The script with a harmless text in that place, literals masked; one for texts with typographic quotes."""
    return scan(render_at(where, text)[3:].decode()).masked


@pytest.mark.slow
@pytest.mark.parametrize("where", PLACES)
def test_a_hundred_through_each_value_of_each_script(where: str) -> None:
    """One string constant with exactly that value, everything else to the letter as with a harmless one."""
    for text in HUNDRED:
        if not place_takes(where, text):
            with pytest.raises(RenderRefused):
                render_at(where, text)
            continue
        nasty = scan(render_at(where, text)[3:].decode())
        assert text in nasty.literals
        assert nasty.masked == masked(where, "harm’less" if quoting.typographic(text) else "harmless")


def test_what_is_refused_of_the_hundred() -> None:
    """Only control characters, lone surrogates, bidirectional controls; names that are too long; an empty one."""
    for where in PLACES:
        for text in HUNDRED:
            too_long = where.endswith(" name") and len(text) > scripts.NAME_LIMIT
            assert place_takes(where, text) is not (refused(text) or too_long or not text.strip())


@pytest.mark.parametrize("text", [text for text in HUNDRED if len(text) < 60])
def test_names_of_tenant_and_integration(text: str) -> None:
    """They go into the file's name, tamed, and into the default name of the scope."""
    target = msgspec.structs.replace(TARGET, tenant=text, integration=text)
    values = {key: value for key, value in EXAMPLES["rbac"].values.items() if key != "name"}
    if refused(text):
        with pytest.raises(RenderRefused):
            scripts.rbac(target, **values)
        return
    script = scripts.rbac(target, **values)
    assert re.fullmatch(r"[\w.-]+\.ps1", script.name)
    assert f"Tenantry {text} {text}".strip()[: scripts.NAME_LIMIT].strip() in scan(script.content[3:].decode()).literals


@pytest.mark.parametrize("user", ["o’neil@contoso.com", "’x@contoso.com", "d'arc@contoso.com", "ann''ie@contoso.com"])
def test_a_user_is_found_again_whatever_its_quotes(user: str, tmp_path: Path) -> None:
    """A filter cannot hold typographic quotes, and doubles the plain one: the second run makes no second user."""
    shell = staged()
    for made in (1, 0):
        assert len(rehearsed("service-user", shell, tmp_path, user=user).check().changes) == made


def rehearsed(example: str, shell: Shell, folder: Path, **values: Any) -> Run:
    """One run of a script with these values."""
    told = Run()
    order = Order(EXAMPLES[example](**values).content.decode("utf-8-sig"), "x.ps1", folder)
    rehearse(order, session_for(order, shell.tenant), told.take, shell.clock.advance)
    return told


def test_a_group_whose_name_has_quotes_in_a_filter(tmp_path: Path) -> None:
    """The plain one is doubled, and the scope is found again; with a typographic one the script says no."""
    shell = staged()
    shell.run("New-DistributionGroup", Name="d'Arc ''s", Type="Security", PrimarySmtpAddress="darc@contoso.com")
    shell.run("New-DistributionGroup", Name="d’Arc", Type="Security", PrimarySmtpAddress="other@contoso.com")
    shell.changes.clear()
    first = rehearsed("rbac", shell, tmp_path, group="darc@contoso.com", members=[]).check()
    (scope,) = shell.run("Get-ManagementScope")
    assert scope["RecipientFilter"].startswith("MemberOfGroup -eq 'CN=d''Arc ''''s,OU=")
    assert len(first.changes) == 3
    assert rehearsed("rbac", shell, tmp_path, group="darc@contoso.com", members=[]).check().changes == []
    stopped = rehearsed("rbac", shell, tmp_path, group="other@contoso.com", members=[], name="other")
    assert "typographic quote" in stopped.errors[0]["message"]


@pytest.mark.slow
@pytest.mark.parametrize("where", WIDE)
def test_no_name_is_too_foreign_for_a_rehearsal(where: str, tmp_path: Path) -> None:
    """Whatever alphabet a value is in, the script runs to its end or to Exchange's error: nothing of it is refused."""
    for text in PEOPLE[::2]:
        shell, told = staged(), Run()
        order = Order(
            render_at(where, text).decode("utf-8-sig"), "x.ps1", tmp_path / str(len(list(tmp_path.iterdir())))
        )
        rehearse(order, session_for(order, shell.tenant), told.take, shell.clock.advance)
        assert told.refused is None, text


HOSTILE: dict[str, dict[str, Any]] = {
    "rbac": {"group": "Győr ł đ ēŔ Ñ’Ò@contoso.com", "members": [name for name in PEOPLE if "\u202e" not in name]},
    "reviewer": {"user": "Paweł’; Remove-Mailbox -Identity x; ’@contoso.com"},
    "rooms-2010": {"rooms": list(PEOPLE), "room_list": "Örebro Ж з і ї ЂЃ@contoso.com"},
    "service-user-2007": {"user": "Åsa’@contoso.com", "name": "ÖÄÓÔĄ Г Д ф ‚Ж‘"},
}


def decoded(raw: bytes, page: int) -> str:
    """The bytes as Windows reads them in a code page: what has no character there becomes a control character."""
    try:
        return raw.decode(f"cp{page}")
    except UnicodeDecodeError:
        known = [_or_none(bytes([byte]), page) for byte in range(256)]
        if page > 1000 or page in (874, 437, 850):
            return "".join(char if char is not None else chr(byte) for byte in raw for char in [known[byte]])
        return raw.decode(f"cp{page}", errors="replace")


def _or_none(raw: bytes, page: int) -> str | None:
    try:
        return raw.decode(f"cp{page}")
    except UnicodeDecodeError:
        return None


def read_wrongly(name: str, content: bytes, page: int, folder: Path) -> Run:
    """A run of the script as it would be read without its BOM in an ANSI code page."""
    shell = Shell(users=2)
    told = Run()
    order = Order(decoded(content.removeprefix(BOM), page), f"{name}.ps1", folder)
    session = session_for(order, shell.tenant)
    rehearse(order, session, told.take, shell.clock.advance)
    told.calls = session.calls
    return told


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", sorted({*EXAMPLES, *(f"{name} hostile" for name in HOSTILE)}))
def test_read_in_a_wrong_code_page_nothing_of_the_data_runs(name: str, page: int, tmp_path: Path) -> None:
    """The sentinel stops the script before its first command, or it does not parse at all."""
    kind = name.removesuffix(" hostile")
    content = EXAMPLES[kind](**(HOSTILE[kind] if kind != name else {})).content
    told = read_wrongly(kind, content, page, tmp_path)
    assert told.result is None
    assert told.calls == 0
    assert [*told.changes, *told.prompts, *told.warnings] == []
    stopped = [error["message"] for error in told.errors]
    assert told.refused is not None or stopped == [
        "This file was read in a wrong encoding. Keep it in UTF-8 with BOM, as it was made."
    ]

"""A plan as text, Markdown and rows."""

import msgspec

from provision import render
from provision.model.change import Drift, Plan
from provision.plan import plan
from tests.provision import case as cases


def made(**case: object) -> Plan:
    built = cases.build(case)
    return plan(built.desired, built.actual)


def test_text_says_what_why_how_risky_and_with_which_right() -> None:
    text = render.as_text(made())
    assert text.startswith("contoso/telia: 8 changes (checksum ")
    assert "+ grant appRoleAssignment Calendars.Read  [high risk]" in text
    assert "needs AppRoleAssignment.ReadWrite.All (role Privileged Role Administrator)" in text
    assert "> script mailboxScope group switchboard@contoso.com" in text
    assert "needs the role Exchange Administrator" in text
    assert "after:  kind secret; lifetime 180d; store file secrets/telia" in text


def test_an_empty_plan_says_so() -> None:
    narrow = render.as_text(made(), 80)
    assert max(map(len, narrow.splitlines())) <= 120  # an address is never broken
    assert " ".join(narrow.split()) == " ".join(render.as_text(made()).split())
    assert render.as_text(made(provisioned=True)).startswith("contoso/telia: nothing to do (checksum ")
    assert "Nothing to do." in render.as_markdown(made(provisioned=True))


def test_drift_is_told_apart_from_changes() -> None:
    text = render.as_text(made(provisioned=True, actual={"application": {"owners": ["admin-id", "stranger"]}}))
    assert "nothing to do" in text
    assert "1 thing nobody asked for, left alone:\n    ! owner stranger: " in text


def test_markdown_cannot_be_broken_out_of() -> None:
    name = "a|b\n`<script>` [x](y)"
    shown = msgspec.structs.replace(made(), drift=(Drift(object="owner", name=name, fact="f"),))
    line = render.as_markdown(shown).splitlines()[-1]
    assert line == "- owner a\\|b \\`\\<script\\>\\` \\[x\\](y): f"


def test_markdown_table_has_eight_columns_in_every_row() -> None:
    rows = [line for line in render.as_markdown(made()).splitlines() if line.startswith("|")]
    assert len(rows) == 10
    assert {line.count(" | ") for line in rows if not line.startswith("|---")} == {7}


def test_rows_have_the_columns() -> None:
    rows = render.as_rows([made()])
    assert [tuple(row) for row in rows] == [render.COLUMNS] * 8
    assert rows[0]["target"] == "contoso/telia"


def test_before_and_after_of_an_update() -> None:
    text = render.as_text(made(provisioned=True, actual={"application": {"declared": []}}))
    assert "~ update requiredResourceAccess tenantry-telia" in text
    assert "before: nothing" in text
    assert "after:  Calendars.Read (application), User.Read.All (application)" in text

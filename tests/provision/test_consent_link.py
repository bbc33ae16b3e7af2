"""`consent-link`: one link that works, who opens it, and the wait for it."""

import re
import subprocess
import sys
import time
from urllib.parse import parse_qs, urlsplit

import pytest

from provision.plan.consent import address
from tenantry.cloud import BUILT_IN
from tests.provision.admin import accept, granted, with_only
from tests.provision.case import build
from tests.provision.lab import Lab, as_it_should_be
from tests.provision.test_split import OWNED


@pytest.fixture
def waiting(lab: Lab) -> Lab:
    """Provisioned but for the consent, as by an operator who may not give it; the link has no place to land."""
    with_only(lab, *OWNED)
    assert lab.run("apply", "--mine", "--yes").returncode == 4
    (app,) = lab.apps()
    lab.tenant.seed(applications=[{**app, "web": {**app["web"], "redirectUris": []}}])
    lab.tenant.forget()
    return lab


def test_it_asks_before_it_gives_the_app_an_address(waiting: Lab) -> None:
    done = waiting.run("consent-link")
    assert done.returncode == 2
    assert "Register it until consent is there?" in done.stderr
    assert waiting.writes() == []


def test_the_link_works_and_the_address_goes_again(waiting: Lab) -> None:
    (link,) = waiting.json("consent-link", "--yes")
    (app,) = waiting.apps()
    assert app["web"]["redirectUris"] == [link["redirect_uri"]]
    assert parse_qs(urlsplit(link["url"]).query)["client_id"] == [app["appId"]]
    assert link["role"] == "Privileged Role Administrator"
    assert link["sees"] == link["missing"] == ["Calendars.Read (application)", "User.Read.All (application)"]
    assert waiting.json("consent-link") == [link]
    text = waiting.run("consent-link").stdout
    assert link["url"] in text
    assert "for a Privileged Role Administrator (or a Global Administrator)" in text
    accept(waiting, link["url"])
    done = waiting.run("consent-link", "--wait")
    assert done.returncode == 0
    assert "nobody needs to consent" in done.stderr
    waiting.json("apply", "--yes")
    as_it_should_be(waiting)
    assert waiting.apps()[0]["web"]["redirectUris"] == []


def test_undo_takes_the_address_off(waiting: Lab) -> None:
    waiting.json("consent-link", "--yes")
    waiting.json("undo", "--yes")
    assert waiting.apps()[0]["web"]["redirectUris"] == []


def test_declined_changes_nothing(waiting: Lab) -> None:
    (link,) = waiting.json("consent-link", "--yes")
    assert accept(waiting, link["url"], "decline")[1]["error"] == "access_denied"
    assert granted(waiting, link["client_id"]) == set()
    done = waiting.run("consent-link", "--wait", "--every", "1s", "--timeout", "1s")
    assert done.returncode == 3
    assert "No consent yet" in done.stderr


def test_wait_ends_when_somebody_consents(waiting: Lab) -> None:
    (link,) = waiting.json("consent-link", "--yes")
    process = waiting.begin("consent-link", "--wait", "--every", "1s", "--timeout", "60s")
    time.sleep(2)
    assert process.poll() is None
    accept(waiting, link["url"])
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 0, said
    assert "Consent is there. Next: `tenantry provision apply contoso/telia`" in said


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent otherwise there")
def test_wait_is_interrupted_without_harm(waiting: Lab) -> None:
    import signal

    waiting.json("consent-link", "--yes")
    process = waiting.begin("consent-link", "--wait", "--every", "1s")
    time.sleep(3)
    process.send_signal(signal.SIGINT)
    try:
        said = process.communicate(timeout=30)[1]
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    assert process.returncode == 130, said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("args", "text"),
    [
        (("--redirect-uri", "https://elsewhere.example"), "has no redirect URI https://elsewhere.example"),
        (("--wait", "--every", "often"), '--every: "often" is not a duration'),
        (("--timeout", "1"), '--timeout: "1" is not a duration'),
    ],
)
def test_wrong_words(waiting: Lab, args: tuple[str, ...], text: str) -> None:
    done = waiting.run("consent-link", *args, "--yes")
    assert done.returncode == 2
    assert text in done.stderr
    assert waiting.writes() == []


def test_before_there_is_an_app(lab: Lab) -> None:
    done = lab.run("consent-link", "--yes")
    assert done.returncode == 2
    assert "there is no app to consent to yet" in done.stderr
    assert lab.writes() == []


@pytest.mark.parametrize(
    ("cloud", "start", "scope"),
    [
        ("global", "https://login.microsoftonline.com/", "https://graph.microsoft.com/.default"),
        ("usgov", "https://login.microsoftonline.us/", "https://graph.microsoft.us/.default"),
        ("usgov-dod", "https://login.microsoftonline.us/", "https://dod-graph.microsoft.us/.default"),
        ("china", "https://login.chinacloudapi.cn/", "https://microsoftgraph.chinacloudapi.cn/.default"),
    ],
)
def test_each_cloud_has_its_own_link(cloud: str, start: str, scope: str) -> None:
    import msgspec

    desired = msgspec.structs.replace(build({}).desired, cloud=BUILT_IN[cloud])
    link = address(desired, "tid", "cid", "https://x.example/a b")
    assert link.startswith(f"{start}tid/v2.0/adminconsent?")
    query = parse_qs(urlsplit(link).query)
    assert query["scope"] == [scope]
    assert query["redirect_uri"] == ["https://x.example/a b"]


def test_a_public_clients_link_lands_where_its_sign_ins_do(lab: Lab) -> None:
    path = lab.root / "tenantry.toml"
    head, _ = path.read_text(encoding="utf-8").split("[tenant.integration.credential]")
    head = head.replace("telia-calendar", "xphone-calendar")
    path.write_text(re.sub(r"mailboxes = .*", "mailboxes = { all = true }", head), encoding="utf-8")
    with_only(lab, *OWNED)
    assert lab.run("apply", "--mine", "--yes").returncode == 4
    (link,) = lab.json("consent-link")
    assert link["role"] == "Cloud Application Administrator"
    assert link["redirect_uri"].endswith("/common/oauth2/nativeclient")
    (app,) = lab.apps()
    assert app["publicClient"]["redirectUris"] == [link["redirect_uri"]]
    assert app["web"]["redirectUris"] == []
    accept(lab, link["url"])
    lab.json("apply", "--yes")
    assert len(granted(lab, app["appId"])) == 6
    assert lab.json("plan", "--exit-code")[0]["changes"] == []

"""Does a secret work? Asked of the simulated sign-in service itself, without any code of ours."""

import json
import ssl
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from tests.provision.lab import Lab


def signs_in(lab: Lab, app_id: str, secret: str) -> bool:
    """True where the service gives the app a token for the secret; a minute is waited for a new one."""
    for wait in ("0s", "30s", "60s"):
        lab.tenant.advance(wait)
        if _token(lab, app_id, secret):
            return True
    return False


def _token(lab: Lab, app_id: str, secret: str) -> bool:
    ready = lab.tenant.ready
    form = {"client_id": app_id, "client_secret": secret, "grant_type": "client_credentials"}
    form["scope"] = f"{ready['graph']}/.default"
    url = f"{ready['login']}/{ready['tenantId']}/oauth2/v2.0/token"
    context = ssl.create_default_context(cafile=ready["ca"])
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    try:
        with opener.open(url, urllib.parse.urlencode(form).encode(), timeout=30) as answer:
            return "access_token" in json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            told: dict[str, Any] = json.load(error)
        assert told["error"] in ("invalid_client", "unauthorized_client"), told
        return False

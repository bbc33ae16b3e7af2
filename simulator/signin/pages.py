"""The few HTML pages of the sign-in service: a form to sign in, what came of it, and a form that posts itself."""

from collections.abc import Iterable, Mapping
from html import escape

_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:4rem auto;padding:0 1rem}}
label{{display:block;margin:.8rem 0}}
input:not([type=checkbox]){{width:100%;font:inherit;padding:.4rem;box-sizing:border-box}}
button{{font:inherit;padding:.4rem 1.2rem;margin-right:.6rem}}.wrong{{color:#a4262c}}</style></head>
<body><h1>{title}</h1>{body}</body></html>
"""


def page(title: str, body: str) -> bytes:
    """A whole page around ready-made HTML."""
    return _PAGE.format(title=escape(title), body=body).encode()


def message(title: str, text: str) -> bytes:
    """A page that only says something."""
    return page(title, f"<p>{escape(text)}</p>")


def sign_in(action: str, application: str, hidden: Mapping[str, str], *, hint: str = "", wrong: str = "") -> bytes:
    """The form for user name and password. `hidden` travels along, `wrong` is what was refused before."""
    alarm = f'<p class="wrong">{escape(wrong)}</p>' if wrong else ""
    body = (
        f"<p>Simulated sign-in to <b>{escape(application)}</b>. Nothing here reaches Microsoft.</p>{alarm}"
        f'<form method="post" action="{escape(action)}">{_hidden(hidden)}'
        f'<label>User name<input name="username" autocomplete="off" value="{escape(hint)}"></label>'
        '<label>Password<input name="password" type="password" autocomplete="off"></label>'
        '<label><input type="checkbox" name="everybody" value="yes"> Consent on behalf of the organisation</label>'
        '<button name="decision" value="accept">Sign in and accept</button>'
        '<button name="decision" value="decline">Decline</button></form>'
    )
    return page("Sign in", body)


def admin_consent(
    action: str, application: str, hidden: Mapping[str, str], asked: Iterable[str], *, wrong: str = ""
) -> bytes:
    """The form in which an administrator accepts permissions for the organisation."""
    alarm = f'<p class="wrong">{escape(wrong)}</p>' if wrong else ""
    rows = "".join(f"<li>{escape(one)}</li>" for one in asked)
    body = (
        f"<p><b>{escape(application)}</b> asks for these permissions in the whole organisation. Simulated: nothing "
        f"here reaches Microsoft.</p><ul>{rows}</ul>{alarm}"
        f'<form method="post" action="{escape(action)}">{_hidden(hidden)}'
        '<label>Administrator<input name="username" autocomplete="off"></label>'
        '<label>Password<input name="password" type="password" autocomplete="off"></label>'
        '<button name="decision" value="accept">Accept</button>'
        '<button name="decision" value="decline">Cancel</button></form>'
    )
    return page("Permissions requested", body)


def enter_code(action: str, code: str = "", wrong: str = "") -> bytes:
    """The form in which a person types the code that a device shows."""
    alarm = f'<p class="wrong">{escape(wrong)}</p>' if wrong else ""
    body = (
        f'{alarm}<form method="get" action="{escape(action)}">'
        f'<label>Code<input name="user_code" autocomplete="off" value="{escape(code)}"></label>'
        "<button>Next</button></form>"
    )
    return page("Enter code", body)


def post_on(action: str, fields: Mapping[str, str]) -> bytes:
    """`response_mode=form_post`: the answer as a form that sends itself to the application."""
    body = (
        f'<form method="post" action="{escape(action)}">{_hidden(fields)}<button>Continue</button></form>'
        "<script>document.forms[0].submit()</script>"
    )
    return page("Working", body)


def _hidden(fields: Mapping[str, str]) -> str:
    return "".join(f'<input type="hidden" name="{escape(k)}" value="{escape(v)}">' for k, v in fields.items())

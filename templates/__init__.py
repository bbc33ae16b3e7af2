"""Everything that is rendered: PowerShell scripts, hand-over sheets, reports.

`render` is the only way from a template to text. What a template may hold decides how values get into it:
`.ps1` every value becomes a PowerShell constant (`templates.quoting`), `.html` it is escaped, `.md` it is escaped for
Markdown. There is no way around that in a template. An undefined name is an error.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment

ROOT = Path(__file__).resolve().parent
BOM = b"\xef\xbb\xbf"


def render(name: str, /, **values: Any) -> str:
    """The text of template `name`, e.g. `powershell/access-policy.ps1` (the file has `.jinja` behind that).

    Raises:
        RenderRefused: A value cannot stand in a script (`.ps1` only); names the value and the code point.
        jinja2.UndefinedError: The template uses a name that was not given; a mistake of ours, not of the user.
    """
    kind = name.rsplit(".", 1)[-1]
    if kind == "ps1":
        from templates.quoting import check_all

        check_all(values)
    return _environment(kind).get_template(f"{name}.jinja").render(values)


def render_bytes(name: str, /, **values: Any) -> bytes:
    """A script as it lies on disk: UTF-8 with BOM and CRLF.

    Windows PowerShell 5.1 reads a file without BOM in the ANSI code page, where letters turn into quotes.
    """
    return BOM + render(name, **values).replace("\n", "\r\n").encode()


@cache
def _environment(kind: str) -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, Undefined

    def finalize(value: Any) -> Any:
        if isinstance(value, Undefined):
            return str(value)  # raises, naming the undefined name
        if kind == "ps1":
            from templates.quoting import literal

            return literal(value)
        if kind == "md":
            from templates.markdown import markdown

            return markdown(value)
        return value

    environment = Environment(
        loader=FileSystemLoader(ROOT),
        undefined=StrictUndefined,
        autoescape=kind == "html",  # noqa: S701  (scripts and Markdown are escaped by finalize)
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    if kind == "html":
        from templates.markdown import prose

        environment.filters["prose"] = prose
    return environment

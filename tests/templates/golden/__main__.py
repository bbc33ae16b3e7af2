"""Renders the golden scripts anew: `python -m tests.templates.golden`. Read the difference before you commit it."""

from pathlib import Path

from tests.templates.examples import EXAMPLES

FOLDER = Path(__file__).parent


def main() -> None:
    """Writes every example, and removes what is no example any more."""
    for old in FOLDER.glob("*.ps1"):
        old.unlink()
    for name, make in EXAMPLES.items():
        (FOLDER / f"{name}.ps1").write_bytes(make().content)


if __name__ == "__main__":
    main()

"""Renders the golden scripts anew: `python -m tests.templates.golden`. Read the difference before you commit it."""

from pathlib import Path

from tests.templates.examples import EXAMPLES

FOLDER = Path(__file__).parent


def main() -> None:
    """Writes every example, and removes what is no example any more."""
    made = {f"{name}.ps1": make().content for name, make in EXAMPLES.items()}
    for old in FOLDER.glob("*.ps1"):
        if old.name not in made:
            old.unlink()
    for name, content in made.items():
        (FOLDER / name).write_bytes(content)


if __name__ == "__main__":
    main()

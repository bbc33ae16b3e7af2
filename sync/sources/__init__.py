"""Where sync reads from. To add a source: a module beside these, and a round in `sync/rounds.py` that uses it."""

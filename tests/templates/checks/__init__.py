"""Own checks of the rendered scripts on their syntax tree; `RULES` in `rules`, cmdlets in `commands`."""

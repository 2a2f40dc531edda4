"""The commands. Each parses, makes one call and shows the result; only this room knows Typer."""

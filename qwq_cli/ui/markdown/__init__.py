"""Markdown on a terminal, rendered while it is still being written."""

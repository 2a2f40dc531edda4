"""Puzzles as data, a folder for each kind. Knows no model, no terminal, no settings."""

"""qwq: run a reasoning model from a terminal. Knows its version; imports nothing."""

__version__ = "0.1.0"

"""Engines: what turns a prompt into tokens, one module each. They do not know each other."""

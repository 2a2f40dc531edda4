"""Orderings: who is the oldest, when some are older than others."""

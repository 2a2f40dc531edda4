"""Chains of thought for every kind of puzzle, and the checking of their steps."""

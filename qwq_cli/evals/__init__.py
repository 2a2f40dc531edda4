"""Benchmarks by fresh puzzles: what is asked, what was generated, how it is graded, the figures."""

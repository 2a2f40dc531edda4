"""Completion scripts: one module for each shell, and where each shell looks for its script."""

"""Thousands of questions: their lines, the file of their answers, and asking many at once."""

"""Models: their names, their files and their habits. Knows no engine."""

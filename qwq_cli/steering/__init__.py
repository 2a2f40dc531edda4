"""What to do about a generation that goes astray: decisions alone. Knows no engine."""

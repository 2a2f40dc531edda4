"""Card puzzles as data: who knows what about one card. Knows no model, no terminal, no settings."""

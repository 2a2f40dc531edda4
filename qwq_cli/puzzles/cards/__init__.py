"""Card puzzles: who knows what about one card."""

"""Knights and knaves: the ones always tell the truth, the others never do."""

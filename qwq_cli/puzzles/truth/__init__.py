"""Truth tables of small formulas."""

"""Linear equations, in one unknown or two."""

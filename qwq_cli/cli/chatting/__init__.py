"""A conversation as a program: what its commands are and do, its state, its course. No keys."""

"""What was asked and answered, kept in SQLite. Knows events and files; no engine, no terminal."""

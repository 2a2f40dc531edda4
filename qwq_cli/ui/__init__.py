"""What a person or a pipe sees: sinks for events. Knows streams and terminals, no engine."""

"""Pure stages over text, with `feed` and `flush`, or `watch`. They know no engine and no sink."""

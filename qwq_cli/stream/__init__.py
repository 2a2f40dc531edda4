"""Pure stages over text: each has `feed` and `flush`, or `watch`. They know no engine and no sink."""

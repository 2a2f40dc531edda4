"""Models that stay loaded: a server of this user's in the background, one for a model and how it is
loaded.

`place` says where such a server is, `wire` speaks to it, `keeper` finds, starts and stops it, and
`engine` is what it looks like to whoever asks.
"""

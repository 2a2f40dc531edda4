"""`qwq serve`: an engine of ours behind HTTP, as OpenAI's clients know it, and as ours do.

`serving` is what others call. `app` has the paths, `asks` read requests, `choices` and `replies`
make answers of events, `sending` brings them to the client, `pool` runs the generations, and
`listening` and `connection` are about sockets.
"""

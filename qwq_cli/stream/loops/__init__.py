"""Is this text going round in circles? Found while it forms, at absolute offsets.

A token's way here: `reading` cuts text into words, whatever its chunks; `memory` remembers the
last ones and where each run of six stood before; `periods` sees a block that follows itself;
`circling` sees text that says little new; `detector` asks both and answers.
"""

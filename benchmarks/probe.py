"""One generation in this process, timed: `python -m benchmarks.probe bare|qwq PUZZLE REPORT ...`.

Started by benchmarks/overhead.py, once for each figure. `bare` streams from xllamacpp with nothing
around it; `qwq` runs `qwq ask -f PUZZLE`, with the further arguments, in this process. Both are
greedy. The report: the number of generated tokens, and the seconds from the first one until the
work on the last one was done.
"""

"""llama.cpp's own HTTP server as a process of its own, for `benchmarks/serve.py` to compare with.

Quill with so many slots (the first argument), on the very settings that `qwq serve` has. Prints its
address, and exits when its standard input is closed.
"""

import sys

from qwq_cli.engines.llamacpp_server import parameters
from qwq_cli.weights.catalogue import find_weights

KEY = "a-key-of-the-benchmark"
CONTEXT = 2048


def main() -> None:
    """Serve until stdin ends."""
    import xllamacpp

    slots = int(sys.argv[1])
    settings = parameters(find_weights("quill").path, CONTEXT * slots, threads=1)
    settings.n_parallel = slots
    settings.enable_chat_template = True
    settings.n_threads_http = slots + 4
    settings.api_keys = [KEY]
    server = xllamacpp.Server(settings)
    server.handle_completions({"prompt": "", "max_tokens": 0})
    print(server.listening_address, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()

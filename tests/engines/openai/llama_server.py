"""llama.cpp's own HTTP server as a process of its own: quill behind a key, until stdin ends.

Run as a script: it prints its address, and exits when its standard input is closed.
"""

import sys

from qwq_cli.engines.llamacpp_server import parameters
from qwq_cli.weights.catalogue import find_weights

KEY = "a-key-of-the-tests"
CONTEXT = 2048


def main() -> None:
    import xllamacpp

    settings = parameters(find_weights("quill").path, CONTEXT, threads=1)
    settings.enable_chat_template = True
    settings.n_threads_http = 4
    settings.api_keys = [KEY]
    server = xllamacpp.Server(settings)
    server.handle_completions({"prompt": "", "max_tokens": 0})
    print(server.listening_address, flush=True)  # noqa: T201 - the parent reads it
    sys.stdin.read()


if __name__ == "__main__":
    main()

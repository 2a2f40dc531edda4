"""Replies of a quill in a GGUF file, through llama.cpp as it ships. Knows no puzzle."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

CONTEXT: Final = 2048


@dataclass(frozen=True, slots=True)
class Reply:
    """A text, its tokens, and whether the model ended it by itself."""

    text: str
    tokens: int
    ended: bool


class Sampler:
    """quill on llama.cpp, several sequences at once; `reply` may be called by as many threads."""

    def __init__(self, path: Path, threads: int, parallel: int) -> None:
        """Load `path`."""
        import xllamacpp

        params = xllamacpp.CommonParams()
        params.model.path = str(path)
        params.n_ctx = CONTEXT * parallel
        params.n_parallel = parallel
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
        params.n_gpu_layers = 0
        params.warmup = False
        params.verbosity = 0
        params.cache_ram_mib = 0
        self._server = xllamacpp.Server(params)

    def reply(self, prompt: str, temperature: float = 0.0, seed: int = 0, most: int = -1) -> Reply:
        """One reply of at most so many tokens, -1 for all that the context holds; 0 is greedy."""
        request = {
            "prompt": prompt,
            "max_tokens": most,
            "temperature": temperature,
            "seed": seed,
            "top_k": 0,
            "top_p": 1.0,
            "min_p": 0.0,
            "cache_prompt": False,
        }
        result = self._server.handle_completions(request)
        (choice,) = result["choices"]
        ended = choice["finish_reason"] == "stop"
        return Reply(choice["text"], result["usage"]["completion_tokens"], ended)

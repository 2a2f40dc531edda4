"""Any OpenAI-compatible server as an engine: vLLM, SGLang, TabbyAPI, llama-server and their kin.

`engine` is what others import; `ways` know how each server is asked, `decoding` makes tokens of
what it says, `client` and `sse` speak HTTP, `faults` say what went wrong.
"""

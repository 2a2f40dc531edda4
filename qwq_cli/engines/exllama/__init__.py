"""The ExLlamaV2 engine: EXL2 weights on an NVIDIA GPU. Only this room imports exllamav2 or torch.

A token's way here: `vocabulary` makes ids of a prompt's parts; `owner`, the only thread that
touches the library, draws ids from the model that `loading` put on the card; `decoding` makes
tokens of them. Before that, `machine` says whether any of it can work here, and `folder` and
`rope` whether it would be right for this model.
"""

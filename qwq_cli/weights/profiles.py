"""What is known of models by name: how they think, how to sample them, what they are good for."""

from dataclasses import dataclass

from qwq_cli.request import Sampling, ThinkingStyle


@dataclass(frozen=True, slots=True)
class Profile:
    """`sampling` is the default that a person's settings are laid over; `scope` says in a phrase
    what the model can do, "" for a general model.
    """

    name: str
    style: ThinkingStyle
    sampling: Sampling
    scope: str = ""

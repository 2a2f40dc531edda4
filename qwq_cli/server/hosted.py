"""What is served: a loaded engine, the names it goes by, and what holds where a request is silent.

Knows no HTTP.
"""

from dataclasses import dataclass, field
from time import time

from qwq_cli.engines.base import Engine
from qwq_cli.request import Sampling, Steering
from qwq_cli.settings import Sensitivity


@dataclass(frozen=True, slots=True)
class Hosted:
    """`name` is what `/v1/models` tells; `also`, other names that are taken for it. `system` is
    put before conversations that have none of their own.
    """

    engine: Engine
    name: str
    also: frozenset[str] = frozenset()
    sampling: Sampling = field(default_factory=Sampling)
    steering: Steering = field(default_factory=Steering)
    sensitivity: Sensitivity = "normal"
    max_tokens: int | None = None
    system: str | None = None
    since: int = field(default_factory=lambda: int(time()))

    def serves(self, name: str) -> bool:
        """Whether a request for that model is for this one."""
        return name == self.name or name in self.also

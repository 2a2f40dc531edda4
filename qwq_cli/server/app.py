"""All paths of the server. Knows what each one answers; not where the server listens."""

from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from qwq_cli import __version__
from qwq_cli.request import Message
from qwq_cli.server.door import OPEN_DOOR, Door, guarded
from qwq_cli.server.faults import RefusedError
from qwq_cli.server.generating import USUAL, Generating, House, Limits
from qwq_cli.server.hosted import Hosted
from qwq_cli.server.metrics import TYPE, Metrics
from qwq_cli.server.pool import Pool
from qwq_cli.server.replies import compact


def make_app(
    hosted: Hosted, pool: Pool, *, door: Door = OPEN_DOOR, limits: Limits = USUAL
) -> ASGIApp:
    """The ASGI application over an engine and a pool."""
    house = House(hosted, pool, Metrics(), limits)
    pages = _Pages(house)
    post = {
        "/v1/chat/completions": Generating(house, "chat"),
        "/v1/completions": Generating(house, "text"),
        "/v1/reason": Generating(house, "events"),
    }
    get = {
        "/health": pages.health,
        "/metrics": pages.metrics,
        "/v1/models": pages.models,
        "/v1/models/{name:path}": pages.model,
    }
    routes = [
        *(Route(path, app, methods=["POST"]) for path, app in post.items()),
        *(Route(path, page, methods=["GET"]) for path, page in get.items()),
    ]
    return guarded(Router(routes), door, house.metrics, frozenset({*post, *get}))


def _json(record: object, status: int = HTTPStatus.OK) -> Response:
    return Response(compact(record), status, media_type="application/json")


class _Pages:
    """What is answered without generating."""

    def __init__(self, house: House) -> None:
        self._house = house
        prompt = house.hosted.engine.render((Message("user", "hello"),))
        self._continues = bool(prompt.parts)
        self._opens = prompt.opens_thinking
        pool, watch = house.pool, house.metrics.watch
        watch("qwq_running", "Generations that run", lambda: pool.running)
        watch("qwq_waiting", "Generations that wait", lambda: pool.waiting)
        watch("qwq_parallel", "Generations that can run at once", lambda: pool.parallel)
        watch("qwq_up", "1 while the engine makes progress", lambda: float(self._moves()))

    def _moves(self) -> bool:
        """Whether the engine makes progress, or has nothing to do."""
        return self._house.pool.silent_s < self._house.limits.hang_s

    async def health(self, request: Request) -> Response:
        """Whether it works: 503 where the engine hangs."""
        del request
        pool, hosted, idle_s = self._house.pool, self._house.hosted, self._house.limits.idle_s
        moves = self._moves()
        ends = None if idle_s is None else round(max(idle_s - pool.idle_s, 0.0), 3)
        record = {
            "status": "ok" if moves else "the engine hangs",
            "version": __version__,
            "model": hosted.name,
            "engine": hosted.engine.facts.engine,
            "running": pool.running,
            "waiting": pool.waiting,
            "parallel": pool.parallel,
            "idle_s": round(pool.idle_s, 3),
            "silent_s": round(pool.silent_s, 3),
            "ends_in_s": ends,
        }
        return _json(record, HTTPStatus.OK if moves else HTTPStatus.SERVICE_UNAVAILABLE)

    async def metrics(self, request: Request) -> Response:
        """For Prometheus."""
        del request
        return Response(self._house.metrics.text(), media_type=TYPE)

    async def models(self, request: Request) -> Response:
        """The one that there is."""
        del request
        return _json({"object": "list", "data": [self._entry()]})

    async def model(self, request: Request) -> Response:
        """One by its name."""
        name = request.path_params["name"]
        if not self._house.hosted.serves(name):
            there = self._house.hosted.name
            raise RefusedError(
                HTTPStatus.NOT_FOUND,
                f"there is no model '{name}' here: there is {there}",
                param="model",
                code="model_not_found",
            )
        return _json(self._entry())

    def _entry(self) -> dict[str, Any]:
        hosted = self._house.hosted
        facts = hosted.engine.facts
        return {
            "id": hosted.name,
            "object": "model",
            "created": hosted.since,
            "owned_by": "qwq",
            "max_model_len": facts.context_tokens,
            "qwq": {
                "version": __version__,
                "engine": facts.engine,
                "model": facts.name,
                "style": facts.style,
                "rewinds": facts.rewinds,
                "reasons_first": facts.reasons_first,
                "continues": self._continues,
                "opens_thinking": self._opens,
                "sampling": asdict(hosted.sampling),
            },
        }

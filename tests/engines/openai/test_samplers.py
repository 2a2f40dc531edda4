"""Samplers that not every server has: set where they are known, refused where not."""

import pytest

from qwq_cli.engines.openai.engine import OpenAIServer
from qwq_cli.errors import UsageError
from qwq_cli.request import Sampling
from tests.engines.openai.conftest import Play, streamed
from tests.engines.openai.test_servers import ASKED, chat_chunk, models, texts


@pytest.mark.parametrize(("owner", "rare"), [("tabbyAPI", True), ("sglang", False), ("x", False)])
def test_penalties_go_where_they_are_known(play: Play, owner: str, *, rare: bool) -> None:
    """OpenAI's own go everywhere; of the others a server that has none is not asked in silence."""
    server = play(
        {
            "/v1/models": [models(owner, "m")],
            "/v1/chat/completions": [streamed(chat_chunk("stop", content="51"))] * 2,
        }
    )
    engine = OpenAIServer(server.endpoint)
    texts(engine.start(engine.render(ASKED), Sampling(presence_penalty=1.5), None))
    assert server.bodies("/v1/chat/completions")[0]["presence_penalty"] == 1.5
    wished = Sampling(dry_multiplier=0.8, xtc_probability=0.5)
    if not rare:
        with pytest.raises(UsageError, match="this server has no dry_multiplier"):
            texts(engine.start(engine.render(ASKED), wished, None))
        return
    texts(engine.start(engine.render(ASKED), wished, None))
    plain, body = server.bodies("/v1/chat/completions")
    assert (body["dry_multiplier"], body["xtc_probability"]) == (0.8, 0.5)
    assert (plain["dry_multiplier"], plain["xtc_probability"]) == (0, 0)

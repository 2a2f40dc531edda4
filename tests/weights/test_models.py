"""The catalogue: names, sources, and that the sizes in it agree with the planner's."""

import re

import pytest

from qwq_cli.weights.models import MODELS, OFFERS, Model, Offer, offers_of
from qwq_cli.weights.planner import GIB, budget_of_card, choose
from qwq_cli.weights.profiles import profile_of
from qwq_cli.weights.shape import facts_at
from qwq_cli.weights.store import check_name

each_offer = pytest.mark.parametrize("offer", OFFERS.values(), ids=lambda offer: offer.name)
each_model = pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.name)


@each_offer
def test_an_offer_is_whole(offer: Offer) -> None:
    check_name(offer.name)
    assert offer.model in MODELS
    assert offer.name.startswith(f"{offer.model}-")
    assert re.fullmatch(r"[\w.-]+/[\w.-]+", offer.repo)
    assert offer.source.startswith("https://")
    if offer.format == "gguf":
        assert offer.file.endswith(".gguf")
        assert offer.name.endswith(offer.file.removesuffix(".gguf").lower().rpartition("-")[2])
        assert offer.bits is None
    else:
        assert not offer.file
        assert offer.bits
        assert offer.name.endswith(f"-{offer.bits:g}bpw")


def test_sizes_of_files_agree_with_the_estimate() -> None:
    """What the pages say of the files' sizes is what the planner computes from the shape."""
    told = {offer: offer.size_gb for offer in OFFERS.values() if offer.bits and offer.size_gb}
    assert len(told) > 4
    for offer, size_gb in told.items():
        facts = facts_at(offer.name, MODELS[offer.model].shape, offer.bits or 0)
        on_disk = facts.card_bytes + facts.host_bytes
        assert on_disk / 1e9 == pytest.approx(size_gb, rel=0.02), offer.name


@each_model
def test_a_model_has_a_shape_and_a_way_to_think(model: Model) -> None:
    assert model.shape.hidden % 64 == model.shape.heads % model.shape.kv_heads == 0
    assert model.source.startswith("https://")
    assert profile_of(model.title).style in {"tags", "headings"}
    assert profile_of(model.name).style == profile_of(model.title).style
    assert offers_of(model.name)


@each_model
def test_parameters_are_what_the_name_says(model: Model) -> None:
    billions = float(re.findall(r"(\d+)[Bb]", model.title)[-1])
    weights = model.shape.layer_weights + 2 * model.shape.head_weights
    assert weights / 1e9 == pytest.approx(billions, rel=0.1)


def test_the_suggested_default_can_be_pulled() -> None:
    shape = MODELS["qwq-32b"].shape
    bits = choose("QwQ-32B", shape, budget_of_card(24 * GIB)).bits
    assert f"qwq-32b-{bits:g}bpw" in OFFERS

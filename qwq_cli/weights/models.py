"""The models that people run, and where to get them: EXL2 by bit rate, and GGUF.

An entry is here only if its repository, revision and file were seen on the page that stands
beside it, in stored copies of it that are public. So some rates and models are missing: of those
that could not be seen, a wrong name would be worse than none. What a branch holds today is asked
of the hub at each pull, and the commit is written down.

Knows names and places. Does not know what is on this machine.
"""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from qwq_cli.weights.shape import Shape

Format: TypeAlias = Literal["gguf", "exl2"]


@dataclass(frozen=True, slots=True)
class Model:
    """A model as its makers published it; `source` is where its sizes were read."""

    name: str
    title: str
    shape: Shape
    source: str


@dataclass(frozen=True, slots=True)
class Offer:
    """Weights of a model that can be pulled. `bits`: a weight, None for a GGUF; `file`: of a GGUF;
    `size_gb`: 10^9 bytes, for a first look; `source`: the page where the name was seen.
    """

    name: str
    model: str
    format: Format
    repo: str
    revision: str
    source: str
    file: str = ""
    bits: float | None = None
    size_gb: float | None = None


_HUB = "https://huggingface.co/"

MODELS: Final = {
    model.name: model
    for model in (
        Model(
            "qwq-32b-preview",
            "QwQ-32B-Preview",
            Shape(64, 5120, 40, 8, 128, 27_648, 152_064, 32_768),
            _HUB + "unsloth/QwQ-32B-Preview/blob/1397937f36a3c66794210ed56a363a19d1616275/"
            "config.json",
        ),
        Model(
            "qwq-32b",
            "QwQ-32B",
            Shape(64, 5120, 40, 8, 128, 27_648, 152_064, 131_072),
            _HUB + "unsloth/QwQ-32B/blob/403266f19437562e1152ca719315275081826623/config.json",
        ),
        Model(
            "r1-distill-qwen-7b",
            "DeepSeek-R1-Distill-Qwen-7B",
            Shape(28, 3584, 28, 4, 128, 18_944, 152_064, 131_072),
            _HUB + "unsloth/DeepSeek-R1-Distill-Qwen-7B-unsloth-bnb-4bit/blob/main/config.json",
        ),
        Model(
            "r1-distill-qwen-14b",
            "DeepSeek-R1-Distill-Qwen-14B",
            Shape(48, 5120, 40, 8, 128, 13_824, 152_064, 131_072),
            _HUB + "osllmai-community/DeepSeek-R1-Distill-Qwen-14B-bnb-4bit/blob/main/config.json",
        ),
        Model(
            "r1-distill-qwen-32b",
            "DeepSeek-R1-Distill-Qwen-32B",
            Shape(64, 5120, 40, 8, 128, 27_648, 152_064, 131_072),
            _HUB + "AIFunOver/DeepSeek-R1-Distill-Qwen-32B-openvino-8bit/blob/main/config.json",
        ),
        Model(
            "qwen3-32b",
            "Qwen3-32B",
            Shape(64, 5120, 64, 8, 128, 25_600, 151_936, 40_960),
            "https://gitcode.com/Ascend/MindSpeed-RL/blob/master/configs/model/qwen3_32b.yaml",
        ),
    )
}


def _branches(model: str, repo: str, rates: dict[str, float]) -> list[Offer]:
    """A repository with a branch for each bit rate, as its card lists them."""
    source = _HUB + repo
    return [
        Offer(f"{model}-{bits:g}bpw", model, "exl2", repo, branch, source, bits=bits)
        for branch, bits in rates.items()
    ]


def _exl2(model: str, bits: float, repo: str, page: str, size_gb: float | None = None) -> Offer:
    """A repository of one bit rate."""
    source = f"{_HUB}{repo}/{page}".rstrip("/")
    name = f"{model}-{bits:g}bpw"
    return Offer(name, model, "exl2", repo, "main", source, bits=bits, size_gb=size_gb)


def _ggufs(model: str, repo: str, page: str, files: dict[str, float]) -> list[Offer]:
    """Files of one repository with their sizes; a name ends as its file does."""
    source = f"{_HUB}{repo}/{page}".rstrip("/")
    offers = []
    for file, size_gb in files.items():
        kind = file.removesuffix(".gguf").lower().rpartition("-")[2]
        offer = Offer(f"{model}-{kind}", model, "gguf", repo, "main", source, file, None, size_gb)
        offers.append(offer)
    return offers


_BARTOWSKI: Final = {"3_0": 3.0, "3_5": 3.5, "4_25": 4.25, "5_0": 5.0, "6_5": 6.5, "8_0": 8.0}

OFFERS: Final = {
    offer.name: offer
    for offer in (
        *_branches("qwq-32b", "bartowski/QwQ-32B-exl2", _BARTOWSKI),
        _exl2("qwq-32b", 4.0, "Dracones/QwQ-32B_exl2_4.0bpw", "blob/main/README.md"),
        Offer(
            "qwq-32b-4.5bpw",
            "qwq-32b",
            "exl2",
            "cshared/Qwen-QwQ-32B-4.5bpw-exl2",
            "main",
            _HUB + "cshared/Qwen-QwQ-32B-8.0bpw-exl2/blob/"
            "3feca2f9e248fd2d59a7f1b11caffdb70b1cee6f/README.md",
            bits=4.5,
            size_gb=19.7,
        ),
        *_ggufs(
            "qwq-32b",
            "Qwen/QwQ-32B-GGUF",
            "tree/main",
            {
                "qwq-32b-q4_k_m.gguf": 19.9,
                "qwq-32b-q5_k_m.gguf": 23.3,
                "qwq-32b-q6_k.gguf": 26.9,
                "qwq-32b-q8_0.gguf": 34.8,
            },
        ),
        _exl2(
            "qwq-32b-preview",
            3.5,
            "async0x42/QwQ-32B-Preview-exl2_3.5bpw",
            "tree/e967ed889cf21ce4cd828220dacbecb703345cbc",
            15.8,
        ),
        _exl2("qwq-32b-preview", 4.0, "bullerwins/QwQ-32B-Preview-exl2_4.0bpw", "commits/main"),
        _exl2("qwq-32b-preview", 4.5, "async0x42/QwQ-32B-Preview-exl2_4.5bpw", "tree/main", 19.7),
        _exl2(
            "qwq-32b-preview",
            6.0,
            "Dracones/QwQ-32B-Preview_exl2_6.0bpw",
            "blame/main/README.md",
        ),
        _exl2(
            "qwq-32b-preview", 8.0, "bullerwins/QwQ-32B-Preview-exl2_8.0bpw", "blob/main/vocab.json"
        ),
        *_ggufs(
            "qwq-32b-preview",
            "bartowski/QwQ-32B-Preview-GGUF",
            "tree/2a6d4c7c27d2abfadddd53ee883930255015527c",
            {
                "QwQ-32B-Preview-Q4_K_M.gguf": 19.9,
                "QwQ-32B-Preview-Q5_K_M.gguf": 23.3,
                "QwQ-32B-Preview-Q6_K.gguf": 26.9,
                "QwQ-32B-Preview-Q8_0.gguf": 34.8,
            },
        ),
        *_ggufs(
            "r1-distill-qwen-7b",
            "lmstudio-community/DeepSeek-R1-Distill-Qwen-7B-GGUF",
            "tree/main",
            {
                "DeepSeek-R1-Distill-Qwen-7B-Q4_K_M.gguf": 4.68,
                "DeepSeek-R1-Distill-Qwen-7B-Q6_K.gguf": 6.25,
                "DeepSeek-R1-Distill-Qwen-7B-Q8_0.gguf": 8.1,
            },
        ),
        *_branches(
            "r1-distill-qwen-14b", "bartowski/DeepSeek-R1-Distill-Qwen-14B-exl2", _BARTOWSKI
        ),
        *_ggufs(
            "r1-distill-qwen-14b",
            "second-state/DeepSeek-R1-Distill-Qwen-14B-GGUF",
            "",
            {"DeepSeek-R1-Distill-Qwen-14B-Q4_K_M.gguf": 8.99},
        ),
        _exl2(
            "r1-distill-qwen-32b",
            4.0,
            "waldie/DeepSeek-R1-Distill-Qwen-32B-4bpw-h6-exl2",
            "tree/main",
            17.8,
        ),
        _exl2(
            "r1-distill-qwen-32b",
            4.2,
            "jth01/DeepSeek-R1-Distill-Qwen-32B-4.2bpw-exl2",
            "tree/main",
            18.6,
        ),
        _exl2(
            "r1-distill-qwen-32b",
            6.5,
            "PedroPareja/DeepSeek-R1-Distill-Qwen-32B-6.5bpw-h6-exl2",
            "tree/main",
            27.5,
        ),
        *_ggufs(
            "r1-distill-qwen-32b",
            "bartowski/DeepSeek-R1-Distill-Qwen-32B-GGUF",
            "tree/294d58391b6a0285b72c386c625a8202c3c8d456",
            {
                "DeepSeek-R1-Distill-Qwen-32B-Q4_0.gguf": 18.7,
                "DeepSeek-R1-Distill-Qwen-32B-Q8_0.gguf": 34.8,
            },
        ),
        # Two public projects pin this file with the same SHA-256, efd97156..., of 19,762,149,024
        # bytes; the EXL2 repositories that are told of could not be seen.
        *_ggufs(
            "qwen3-32b",
            "Qwen/Qwen3-32B-GGUF",
            "resolve/main/Qwen3-32B-Q4_K_M.gguf",
            {"Qwen3-32B-Q4_K_M.gguf": 19.8},
        ),
    )
}


def offers_of(model: str, kind: Format | None = None) -> list[Offer]:
    """The offers of a model, of one format or all, the smallest first as far as that is known."""
    found = [offer for offer in OFFERS.values() if offer.model == model]
    chosen = [offer for offer in found if kind in (None, offer.format)]
    return sorted(chosen, key=lambda offer: (offer.format, offer.bits or 0, offer.size_gb or 0))

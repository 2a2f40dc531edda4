"""What ExLlamaV2 needs of a machine: each thing that is missing is told, with what helps."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from qwq_cli.engines.exllama.machine import EXLLAMAV2, Machine, faults, look, numbers, refuse
from qwq_cli.errors import UnavailableError

GOOD = Machine(
    exllamav2="0.3.2+cu128.torch2.9.0",
    torch="2.9.0+cu128",
    cuda_build=True,
    cards=((8, 9), (8, 6)),
    flash_attn="2.8.3",
    extension="",
)


def test_a_good_machine_is_let_through() -> None:
    assert faults(GOOD) == []
    refuse(GOOD)
    assert faults(replace(GOOD, flash_attn="2.5.7", torch="2.9.1")) == []


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (replace(GOOD, exllamav2=""), ["not installed; install the wheel for +cu128.torch2.9.0"]),
        (
            replace(GOOD, exllamav2="0.2.9+cu128.torch2.9.0"),
            ["version 0.2.9+", "only 0.3.2 is known to work"],
        ),
        (replace(GOOD, torch=""), ["needs PyTorch: it is not installed; pip install torch==2.9.0"]),
        (
            replace(GOOD, torch="2.13.0+cpu", cuda_build=False, cards=()),
            ["an NVIDIA GPU: torch 2.13.0+cpu was built without CUDA", "; or take a GGUF"],
        ),
        (replace(GOOD, cards=()), ["an NVIDIA GPU: torch finds none; take a GGUF"]),
        (replace(GOOD, cards=((8, 6), (7, 5))), ["too old", "one has 7.5; take a GGUF"]),
        (
            replace(GOOD, torch="2.8.0+cu128"),
            ["built for torch 2.9.0, and torch 2.8.0+cu128", "the wheel for +cu128.torch2.8.0"],
        ),
        (
            replace(GOOD, torch="2.10.0+cu130"),
            ["built for torch 2.9.0, and torch 2.10.0", "pip install torch==2.9.0 --index-url"],
        ),
        (
            replace(GOOD, exllamav2="0.3.2", extension="undefined symbol: _ZN3c10"),
            ["compiled part of ExLlamaV2 can't be loaded: undefined symbol"],
        ),
        (
            replace(GOOD, flash_attn=""),
            ["it is not installed, and without it this ExLlamaV2 reads prompts wrongly"],
        ),
        (replace(GOOD, flash_attn="2.5.6"), ["version 2.5.6 is installed, and without 2.5.7"]),
    ],
)
def test_what_is_in_the_way(bad: Machine, said: list[str]) -> None:
    with pytest.raises(UnavailableError) as caught:
        refuse(bad)
    for part in said:
        assert part in str(caught.value)


def test_a_bare_machine_has_no_faults_of_things_that_need_others() -> None:
    bare = Machine("", "", cuda_build=False, cards=(), flash_attn="", extension="")
    assert [fault.what for fault in faults(bare)] == [
        "EXL2 weights need an NVIDIA GPU and ExLlamaV2"
    ]


def test_what_the_readme_installs_goes_together() -> None:
    """Its three pinned builds are for one another and for one Python, they are a good machine to
    us, and the extra asks for the same.
    """
    root = Path(__file__).parents[2]
    readme = (root / "README.md").read_text("utf-8")
    torch = re.search(r"pip install torch==([\d.]+) --index-url \S+/whl/(cu\d+)", readme)
    exl2 = re.search(r"exllamav2-([\d.]+)\+(cu\d+)\.torch([\d.]+)-(cp\d+)-cp\d+-linux", readme)
    flash = re.search(r"flash_attn-([\d.]+)\+cu12torch([\d.]+)cxx11abiTRUE-(cp\d+)-", readme)
    assert torch
    assert exl2
    assert flash
    assert exl2.group(2, 3) == (torch[2], torch[1])
    assert torch[1].startswith(f"{flash[2]}.")
    assert exl2[4] == flash[3]
    named = replace(
        GOOD,
        exllamav2=f"{exl2[1]}+{exl2[2]}.torch{exl2[3]}",
        torch=f"{torch[1]}+{torch[2]}",
        flash_attn=flash[1],
    )
    assert faults(named) == []
    extra = (root / "pyproject.toml").read_text("utf-8").partition("gpu = [")[2].partition("]")[0]
    assert f'"torch=={torch[1]}"' in extra
    assert f'"exllamav2=={exl2[1]}"' in extra
    assert ".".join(map(str, EXLLAMAV2)) == exl2[1]


def test_this_machine_can_be_looked_at() -> None:
    machine = look()
    assert isinstance(machine, Machine)
    assert all(fault.todo for fault in faults(machine))


def test_versions() -> None:
    assert numbers("2.9.0+cu128") == (2, 9, 0)
    assert numbers("2.11") == (2, 11)
    assert numbers("") == numbers("dev") == ()

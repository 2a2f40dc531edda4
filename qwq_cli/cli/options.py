"""The options of every command that runs a model. Knows how they are written, and no more."""

from math import isnan
from typing import Annotated, Literal, TypeAlias

import typer

_Reasoning = Literal["auto", "show", "fold", "hide", "stderr"]
_Loops = Literal["recover", "stop", "report", "off"]
Sensitivity = Literal["low", "normal", "high"]

Model: TypeAlias = Annotated[
    str | None,
    typer.Option("--model", "-m", metavar="NAME|FILE", help="quill, a .gguf file, or openai/NAME."),
]
BaseUrl: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="URL", help="The server of -m openai/NAME: http://localhost:8000."),
]
System: TypeAlias = Annotated[
    str | None, typer.Option("--system", "-s", metavar="TEXT", help="The system prompt.")
]
Temperature: TypeAlias = Annotated[
    float | None, typer.Option(metavar="0..5", help="0 always takes the likeliest token.")
]
TopP: TypeAlias = Annotated[float | None, typer.Option(metavar="0..1", help="1 is off.")]
TopK: TypeAlias = Annotated[int | None, typer.Option(metavar="N", help="0 is off.")]
MinP: TypeAlias = Annotated[float | None, typer.Option(metavar="0..1", help="0 is off.")]
Seed: TypeAlias = Annotated[
    int | None, typer.Option(metavar="N", help="The same seed draws the same tokens.")
]
MaxTokens: TypeAlias = Annotated[
    int | None, typer.Option(metavar="N", help="At most so many, thinking and answer together.")
]
Reasoning: TypeAlias = Annotated[
    _Reasoning | None,
    typer.Option(help="Where the thinking goes; fold keeps it to one line, which Tab opens."),
]
Budget: TypeAlias = Annotated[
    int | None,
    typer.Option(metavar="N", help="So many tokens of thinking; then the answer is asked for."),
]
Loops: TypeAlias = Annotated[
    _Loops | None,
    typer.Option(help="When it goes in circles: lead it out, stop, only tell, or don't look."),
]
LoopSensitivity: TypeAlias = Annotated[
    Sensitivity | None, typer.Option(help="How soon a circle is believed to be one.")
]
Rescues: TypeAlias = Annotated[
    int | None,
    typer.Option(metavar="N", help="Lead it out so often; the last time to an answer."),
]
Language: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="auto|zh|en|...|off", help="The answer's language, insisted on; auto only reports."
    ),
]
Warm: TypeAlias = Annotated[
    bool | None,
    typer.Option(
        "--warm/--no-warm", help="Leave the model loaded in the background, or load it anew."
    ),
]
Plain: TypeAlias = Annotated[
    bool, typer.Option("--plain", help="Show the answer as it is written, not as Markdown.")
]
NoHistory: TypeAlias = Annotated[
    bool, typer.Option("--no-history", help="Don't keep it in the history.")
]


def on_off(flag: bool | None) -> str | None:
    """What a setting calls a pair of flags; None where neither was given."""
    return None if flag is None else "on" if flag else "off"


def number(value: float | None) -> float | None:
    """The value of an option with bounds, which hold nothing against `nan`."""
    if value is not None and isnan(value):
        raise typer.BadParameter("nan is no number")
    return value

"""`qwq puzzle`: card puzzles made, solved and checked without a model."""

from typing import Annotated, Literal

import typer

from qwq_cli.cli.shell import Shell
from qwq_cli.errors import NoAnswerError, UsageError

app = typer.Typer(
    help="Make, solve and check card logic puzzles, without a model.",
    rich_markup_mode=None,
)
WRONG = 1
_LARGEST_SEED = 2**32
_Json = Annotated[bool, typer.Option("--json", help="As one JSON object.")]
_Puzzle = Annotated[
    str, typer.Argument(metavar="[PUZZLE]", help="A file with the puzzle; - is standard input.")
]


@app.command()
def new(
    context: typer.Context,
    lang: Annotated[Literal["en", "zh"], typer.Option(help="Its language.")] = "en",
    seed: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="The same seed, the same puzzle.")
    ] = None,
    cards: Annotated[
        int | None, typer.Option(metavar="N", min=8, max=20, help="How many cards, 8 to 20.")
    ] = None,
    json: _Json = False,
) -> None:
    """A new puzzle with exactly one answer."""
    import random

    from qwq_cli.puzzles.cards.generator import MAX_CARDS, MIN_CARDS, random_puzzle
    from qwq_cli.puzzles.cards.puzzle import card_name
    from qwq_cli.puzzles.cards.solver import solve
    from qwq_cli.puzzles.cards.wording import pose
    from qwq_cli.ui.records import to_json

    shell: Shell = context.obj
    seed = random.randrange(_LARGEST_SEED) if seed is None else seed
    rng = random.Random(seed)
    puzzle = random_puzzle(rng, cards=(cards, cards) if cards else (MIN_CARDS, MAX_CARDS))
    posed = pose(puzzle, lang, rng)
    if not json:
        shell.out.write(f"{posed.text}\n")
        return
    record = {
        "text": posed.text,
        "lang": lang,
        "seed": seed,
        "cards": [card_name(card, lang) for card in puzzle.cards],
        "statements": puzzle.statements,
        "solution": card_name(solve(puzzle)[0], lang),
    }
    shell.out.write(to_json(record) + "\n")


@app.command("solve")
def solve_(context: typer.Context, puzzle: _Puzzle = "-", json: _Json = False) -> None:
    """The card, by trying every one; exit code 3 where the dialogue leaves none or several."""
    from qwq_cli.puzzles.cards.parse import parse
    from qwq_cli.puzzles.cards.puzzle import card_name
    from qwq_cli.puzzles.cards.solver import solve
    from qwq_cli.puzzles.words import language
    from qwq_cli.ui.records import to_json

    shell: Shell = context.obj
    text = _text(puzzle, shell)
    lang = language(text)
    solutions = [card_name(card, lang) for card in solve(parse(text))]
    if json:
        shell.out.write(to_json({"solutions": solutions, "lang": lang}) + "\n")
    elif solutions:
        shell.out.write("\n".join(solutions) + "\n")
    if not solutions:
        raise NoAnswerError("no card fits what is said", "", "check the puzzle's cards")
    if len(solutions) > 1:
        raise NoAnswerError(f"{len(solutions)} cards fit what is said", "", "it has no one answer")


@app.command("check")
def check_(
    context: typer.Context,
    puzzle: Annotated[
        str, typer.Argument(metavar="PUZZLE", help="A file with the puzzle; - is standard input.")
    ],
    answer: Annotated[
        str | None,
        typer.Argument(metavar="[ANSWER]", help="The answer, in any words; else standard input."),
    ] = None,
    json: _Json = False,
) -> int:
    """Whether an answer is right: exit code 0 if so, 1 if not."""
    from qwq_cli.puzzles.cards.check import check
    from qwq_cli.puzzles.cards.parse import parse
    from qwq_cli.puzzles.cards.puzzle import card_name
    from qwq_cli.puzzles.words import language
    from qwq_cli.ui.records import to_json

    if puzzle == "-" and answer is None:
        raise UsageError("standard input can't be both", "", "give the puzzle's file or the answer")
    shell: Shell = context.obj
    text = _text(puzzle, shell)
    lang = language(text)
    verdict = check(parse(text), answer if answer is not None else _text("-", shell))
    solutions = [card_name(card, lang) for card in verdict.solutions]
    given = card_name(verdict.given, lang) if verdict.given else None
    if json:
        record = {"right": verdict.right, "given": given, "solutions": solutions}
        shell.out.write(to_json(record) + "\n")
    elif verdict.right:
        shell.out.write(f"right: {given}\n")
    else:
        truth = ", ".join(solutions) or "no card fits"
        shell.out.write(f"wrong: {given or 'no card named'} (it is {truth})\n")
    return 0 if verdict.right else WRONG


def _text(name: str, shell: Shell) -> str:
    from qwq_cli.cli.question import Sources, question, read_file

    if name != "-":
        return read_file(name)
    return question(Sources(words=("-",)), shell) or ""

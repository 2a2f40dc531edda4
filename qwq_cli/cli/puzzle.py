"""`qwq puzzle`: puzzles made, solved and checked without a model."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from qwq_cli.cli.shell import Shell
from qwq_cli.errors import BadInputError, NoAnswerError, UsageError
from qwq_cli.puzzles.words import Difficulty, KindName, Language, Wording

if TYPE_CHECKING:
    import random

    from qwq_cli.puzzles.kind import Kind, Posed, Setting

app = typer.Typer(
    help="Make, solve and check logic puzzles, without a model.",
    rich_markup_mode=None,
)
WRONG = 1
_LARGEST_SEED = 2**32
_SHOWN = 5
"""How many answers of a puzzle with several are named."""
_Json = Annotated[bool, typer.Option("--json", help="As one JSON object.")]
_Puzzle = Annotated[
    str, typer.Argument(metavar="[PUZZLE]", help="A file with the puzzle; - is standard input.")
]


@app.command()
def new(
    context: typer.Context,
    kind: Annotated[
        KindName,
        typer.Argument(
            metavar="[KIND]",
            help="cards: P knows the rank of a card, Q its suit. knights: who lies? orders: who is "
            "the oldest? equations: linear ones. columns: sums, differences, products. remainders: "
            "and divisibility. truth: tables of formulas.",
        ),
    ] = "cards",
    lang: Annotated[Language, typer.Option(help="Its language.")] = "en",
    seed: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="The same seed, the same puzzle.")
    ] = None,
    difficulty: Annotated[
        Difficulty | None,
        typer.Option(help="How hard; easy without it, but card puzzles of any size."),
    ] = None,
    wording: Annotated[
        Wording,
        typer.Option(help="rare: words that quill has not learnt from. announcement: cards alone."),
    ] = "common",
    cards: Annotated[
        int | None, typer.Option(metavar="N", min=8, max=20, help="How many cards, 8 to 20.")
    ] = None,
    unsolvable: Annotated[
        bool, typer.Option("--unsolvable", help="One with no answer, or several.")
    ] = False,
    json: _Json = False,
) -> None:
    """A new puzzle with exactly one answer."""
    import random

    from qwq_cli.puzzles.kind import Setting
    from qwq_cli.puzzles.registry import kind as kind_of
    from qwq_cli.ui.records import to_json

    shell: Shell = context.obj
    seed = random.randrange(_LARGEST_SEED) if seed is None else seed
    one, setting = kind_of(kind), Setting(difficulty or "easy", lang, wording)
    if wording not in one.wordings:
        raise UsageError(f"{kind} have no wording `{wording}`", "", "choose common or rare")
    if cards is not None and (kind != "cards" or difficulty or unsolvable):
        raise UsageError(
            "--cards is for card puzzles with an answer and no difficulty", "", "leave it out"
        )
    rng = random.Random(seed)
    if unsolvable:
        posed = _unsolvable(one, rng, setting)
    elif kind == "cards" and difficulty is None:
        posed = _cards(rng, setting, cards)
    else:
        posed = one.pose(rng, setting)
    if json:
        shell.out.write(to_json(_record(one, posed, seed)) + "\n")
    else:
        shell.out.write(f"{posed.text}\n")


def _unsolvable(
    one: "Kind[Any, Any]", rng: "random.Random", setting: "Setting"
) -> "Posed[Any, Any]":
    if one.spoil is None:
        raise UsageError(f"{one.name} always have an answer", "", "leave out --unsolvable")
    return one.spoil(rng, setting)


def _cards(rng: "random.Random", setting: "Setting", cards: int | None) -> "Posed[Any, Any]":
    """A card puzzle of any size, or of the size that is wanted."""
    from qwq_cli.puzzles.cards.generator import MAX_CARDS, MIN_CARDS, random_puzzle, stages
    from qwq_cli.puzzles.cards.wording import pose
    from qwq_cli.puzzles.kind import Posed

    statements = 4 if setting.wording == "announcement" else None
    sizes = (cards, cards) if cards else (MIN_CARDS, MAX_CARDS)
    puzzle = random_puzzle(rng, cards=sizes, statements=statements)
    text = pose(puzzle, setting.lang, rng, wording=setting.wording).text
    return Posed(text, puzzle, stages(puzzle).answers(puzzle.statements), setting)


def _record(one: "Kind[Any, Any]", posed: "Posed[Any, Any]", seed: int) -> dict[str, object]:
    from qwq_cli.puzzles.cards.puzzle import Puzzle, card_name

    lang = posed.setting.lang
    solutions = one.solve(posed.puzzle)
    record: dict[str, object] = {"text": posed.text, "kind": one.name, "lang": lang, "seed": seed}
    if isinstance(posed.puzzle, Puzzle):
        record["cards"] = [card_name(card, lang) for card in posed.puzzle.cards]
        record["statements"] = posed.puzzle.statements
    else:
        record["difficulty"] = posed.setting.difficulty
    record["solution"] = one.say(solutions[0], lang) if len(solutions) == 1 else None
    return record


@app.command("solve")
def solve_(context: typer.Context, puzzle: _Puzzle = "-", json: _Json = False) -> None:
    """The answer, by trying everything; exit code 3 for a puzzle that has none, or several."""
    from qwq_cli.puzzles.registry import recognise
    from qwq_cli.puzzles.words import language
    from qwq_cli.ui.records import to_json

    shell: Shell = context.obj
    text = _text(puzzle, shell)
    one, read = recognise(text)
    lang = language(text)
    solutions = [one.say(solution, lang) for solution in one.solve(read)]
    if json:
        record = {"solutions": solutions, "kind": one.name, "lang": lang}
        shell.out.write(to_json(record) + "\n")
    elif solutions:
        shell.out.write("\n".join(solutions) + "\n")
    if len(solutions) != 1:
        raise NoAnswerError(*_no_one_answer(solutions))


def _no_one_answer(solutions: list[str]) -> tuple[str, str, str]:
    """What is wrong with a puzzle that has none or several."""
    if not solutions:
        return "the puzzle has no answer", "nothing fits all that is said", "check its text"
    some = ", ".join(solutions[:_SHOWN]) + (", ..." if len(solutions) > _SHOWN else "")
    return "the puzzle has several answers", some, "it needs to say more"


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
    """Whether an answer is right: exit code 0 if so, 1 if not, 65 where none can be."""
    from qwq_cli.puzzles.registry import recognise
    from qwq_cli.puzzles.words import language
    from qwq_cli.ui.records import to_json

    if answer == "-":  # standard input, as everywhere
        answer = None
    if puzzle == "-" and answer is None:
        raise UsageError("standard input can't be both", "", "give the puzzle's file or the answer")
    shell: Shell = context.obj
    text = _text(puzzle, shell)
    lang = language(text)
    one, read = recognise(text)
    verdict = one.check(read, answer if answer is not None else _text("-", shell))
    solutions = [one.say(solution, lang) for solution in verdict.solutions]
    given = None if verdict.given is None else one.say(verdict.given, lang)
    if json:
        record = {"right": verdict.right, "given": given, "solutions": solutions}
        shell.out.write(to_json(record) + "\n")
    if len(solutions) != 1:
        raise BadInputError(*_no_one_answer(solutions))
    if not json:
        words = given or "no answer in it"
        shell.out.write(
            f"right: {words}\n" if verdict.right else f"wrong: {words} (it is {solutions[0]})\n"
        )
    return 0 if verdict.right else WRONG


def _text(name: str, shell: Shell) -> str:
    from qwq_cli.cli.question import Sources, question, read_file

    if name != "-":
        return read_file(name)
    return question(Sources(words=("-",)), shell) or ""

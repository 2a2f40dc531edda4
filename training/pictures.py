"""The model card's pictures, out of the logs and figures beside them. Knows no model.

    python -m training.pictures

Reads `training/curves/*.jsonl` (logs of the runs) and `training/accuracy.json` (what
`training.evaluate --kinds` measured), and writes SVG files into `training/curves`.
"""

import json
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib import pyplot as plt

_HERE: Final = Path(__file__).parent
_CURVES: Final = _HERE / "curves"
_LANGUAGES: Final = (("zh", "#c0392b"), ("en", "#2471a3"))
_SETS: Final = ("easy, common", "easy, rare", "medium, common", "hard, common", "unsolvable")
_WIDE: Final = (8.0, 3.2)
_MILLION: Final = 1e6


def _rows(name: str) -> list[dict[str, Any]]:
    lines = (_CURVES / f"{name}.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def _save(figure: Any, name: str) -> None:  # noqa: ANN401 - matplotlib's own
    figure.tight_layout()
    figure.savefig(_CURVES / f"{name}.svg", metadata={"Date": None})
    plt.close(figure)


def learning(name: str) -> None:
    """Share of the chains' tokens that were predicted wrong in a run, and the learning rate."""
    rows = _rows(name)
    seen = [row["seen"] / _MILLION for row in rows]
    figure, axes = plt.subplots(figsize=_WIDE)
    axes.semilogy(seen, [max(1e-5, 1 - row["accuracy"]) for row in rows], lw=1, color="#333")
    axes.set(xlabel="tokens seen, millions", ylabel="tokens predicted wrong")
    axes.grid(alpha=0.3, which="both")
    rate = axes.twinx()
    rate.plot(seen, [row["rate"] for row in rows], lw=1, ls="--", color="#999")
    rate.set(ylabel="learning rate, share of its highest", ylim=(0, 1.1))
    _save(figure, name)


def reinforcement() -> None:
    """Share of sampled chains that are true, by round."""
    rows = _rows("reinforcement")
    true = [sum(row[kind][0] for kind in row["true"]) for row in _counts(rows)]
    every = [sum(row[kind][1] for kind in row["true"]) for row in _counts(rows)]
    smooth = 8
    shares = [
        sum(true[max(0, i - smooth) : i + 1]) / sum(every[max(0, i - smooth) : i + 1])
        for i in range(len(rows))
    ]
    figure, axes = plt.subplots(figsize=_WIDE)
    axes.plot([a / b for a, b in zip(true, every, strict=True)], ".", ms=3, color="#bbb")
    axes.plot(shares, lw=1.5, color="#333")
    axes.set(xlabel="round", ylabel="sampled chains that are true")
    axes.grid(alpha=0.3)
    _save(figure, "reinforcement")


def _counts(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    left_out = ("round", "seconds", "mixed groups")
    return [{**row, "true": [name for name in row if name not in left_out]} for row in rows]


def kinds() -> None:
    """Right answers by kind, language and difficulty, with Wilson's intervals."""
    rows = {row["set"]: row for row in json.loads((_HERE / "accuracy.json").read_text())}
    names = list(dict.fromkeys(name.split(",")[0] for name in rows if name.count(",") == 3))
    figure, several = plt.subplots(1, len(names), figsize=(11, 3.2), sharey=True)
    for axes, name in zip(several, names, strict=True):
        for shift, (lang, colour) in enumerate(_LANGUAGES):
            found = [(at, rows.get(f"{name}, {lang}, {one}")) for at, one in enumerate(_SETS)]
            for at, row in found:
                if row is None:
                    continue
                share, (low, high) = row["right"] / row["total"], row["right_95"]
                axes.errorbar(
                    at + 0.24 * shift - 0.12,
                    share,
                    yerr=[[max(0, share - low)], [max(0, high - share)]],
                    fmt="o",
                    ms=3,
                    color=colour,
                    label=lang if at == _SETS.index("hard, common") else None,
                )
        axes.set(title=name, ylim=(-0.02, 1.04))
        axes.set_xticks(range(len(_SETS)), [one.replace(", ", "\n") for one in _SETS], rotation=90)
        axes.grid(alpha=0.3, axis="y")
    several[0].set(ylabel="right answers")
    several[-1].legend(fontsize=8, loc="lower right")
    _save(figure, "kinds")


def table() -> str:
    """The figures as a Markdown table: right answers, their interval, chains without a fault."""
    lines = [
        "| puzzles | right | 95 % interval | chains with no false step | tokens a chain |",
        "|---|---|---|---|---|",
    ]
    for row in json.loads((_HERE / "accuracy.json").read_text()):
        low, high = (100 * bound for bound in row["right_95"])
        lines.append(
            f"| {row['set']} | {row['right']} of {row['total']} | {low:.1f} to {high:.1f} % "
            f"| {row['true']} of {row['total']} | {row['tokens_a_chain']:.0f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Draw all of them, and print the figures."""
    mpl.rcParams.update({"svg.hashsalt": "quill", "svg.fonttype": "none", "font.size": 9})
    learning("imitation")
    learning("polish")
    reinforcement()
    kinds()
    print(table())


if __name__ == "__main__":
    main()

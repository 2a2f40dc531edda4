"""Markdown into rows, the same ones however it comes, and none of them twice."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwq_cli.ui.markdown.document import Document
from qwq_cli.ui.marks import bare, dressed
from qwq_cli.ui.wrap import Wrapper, cells

CASES = {
    "emphasis": ("**bold** *it* ***both*** ~~no~~ `x*y*`", "bold it both no x*y*"),
    "emphasis beside Chinese marks": ("**最终答案：**方块5是**“对”**的", "最终答案：方块5是“对”的"),
    "emphasis in emphasis": ("**a *b* c** *d **e***", "a b c d e"),
    "emphasis over two lines": ("**a\nb** c", "a\nb c"),
    "stars that multiply": ("2*3*4, 2**3**4, 5 * 6 * 7, f(x)*g*(y)", None),
    "names": ("snake_case_name and __init__ and _em_", "snake_case_name and init and em"),
    "what is never closed": ("**a `b [c _d ~~e <f &g \\(h", None),
    "escapes": (r"\*a\* \_b\_ \# \\ \q", r"*a* _b_ # \ \q"),
    "money": ("it costs $5 and $10, or $5-$10", None),
    "formulas": (r"$x^2$, \(a_1\), $$y$$ z", "x², a₁,\n  y\nz"),
    "a formula on lines of its own": ("so\n\\[\nx = 1\n- 3\n\\]\nend", "so\n  x = 1 - 3\nend"),
    "an environment": ("\\begin{align}a&=1\\\\b&=2\\end{align}", "  a = 1\n  b = 2"),
    "a box by itself": (r"So \boxed{\frac{1}{2}}.", "So 1/2."),
    "links": ("[a](http://b.c/d_e_f) <http://g.h> [i](i)", "a (http://b.c/d_e_f) http://g.h i"),
    "pictures": ("![alt](p.png)!", "alt (p.png)!"),
    "brackets": ("[0, 1) and a[i](j and [x] y", None),
    "addresses": ("https://a.b/_c_/*d see http://x", None),
    "entities": ("AT&T &amp; &lt;b&gt; &nope;", "AT&T & <b> &nope;"),
    "entities that steer": ("a&#8238;b&#27;[2J&#13;&#x202e;&rlm;c&#155;", "ab[2Jc›"),
    "a line break": ("a<br>b", "a\nb"),
    "tags": ("<b>x</b> <script>", None),
    "headings": ("a\n# One #\n### 三\nb", "a\n\nOne\n\n三\nb"),
    "no heading": ("#5 is #hash", None),
    "a list": ("- a\n* b\n  - c\n+ d", "• a\n• b\n  ◦ c\n• d"),
    "numbers": ("1. a\n2) b\n   c\n10. d", "1. a\n2) b\n   c\n10. d"),
    "a list that is indented too little": ("1. a\n  - b", "1. a\n  • b"),
    "tasks": ("- [x] a\n- [ ] b", "☑ a\n☐ b"),
    "a list far apart": ("- a\n\n\n- b\n\nc", "• a\n\n• b\n\nc"),
    "an item that begins empty": ("-\n  a", "• a"),
    "a quote": ("> a\n> - b\nc", "│ a\n│ • b\n│   c"),
    "a quote ends": ("> a\n\nb", "│ a\n\nb"),
    "a rule": ("a\n\n---\nb", "a\n\n" + "─" * 40 + "\nb"),
    "indented code": ("a\n\n    x  *y*\n\nb", "a\n\nx  *y*\n\nb"),
    "code": ("```python\nx = '*'\n\n  y\n```\nz", "```python\nx = '*'\n\n  y\n```\nz"),
    "code in a list": ("- a\n  ```\n  x\n    y\n  ```", "• a\n  ```\n  x\n    y\n  ```"),
    "code in a list, indented too little": ("- a\n  ```\nx\n```\nb", "• a\n  ```\n  x\n  ```\nb"),
    "code with a fence in it": ("````\n```\n````", None),
    "code that never ends": ("~~~\nx\n- y", None),
    "a table": (
        "| a | **数** |\n|:--|--:|\n| x | 1 |\n| `p|q` | 22 \\| 3 |\nend",
        "a         数\n────  ──────\nx          1\np|q   22 | 3\nend",
    ),
    "no table": ("|x| = 5\n|y|", None),
    "a table without rows": ("| a |\n|---|", "a\n────"),
    "a table without its end": ("| a |\n|---|\n| b", "a\n────\nb"),
    "a short line of signs": ("42", None),
    "tabs": ("- a\n\t- b", "• a\n    ◦ b"),
    "markup of rich's": ("[/INST] [bold]x[/bold]", None),
}
PIECES = [
    *string.ascii_lowercase[:4],
    *"  \n\n*_`~\\$[](){}|#->1.:&<!",
    *("**", "```", "\n\n", "\\[", "\\]", "\\(", "\\)", "\n- ", "\n1. ", "\n> ", "\n| a | b |\n"),
    *("|---|---|", "    ", "$$", "\\frac{", "\\boxed{", "\\begin{cases}", "\\end{cases}"),
    *("中", "文，", "“", "🙂", "http://", "<br>", "&amp;", "[x] ", "\n# ", "```py\n", "def f(): '"),
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=60)
COLUMNS = st.integers(8, 60)


def rendered(pieces: list[str], columns: int = 60) -> str:
    """Marked rows of a text that came in these pieces, its tail looked at after each."""
    document = Document(Wrapper(columns))
    written = ""
    for piece in pieces:
        written += document.feed(piece)
        document.tail()
    return written + document.flush()


@pytest.mark.parametrize(("text", "shown"), CASES.values(), ids=CASES)
def test_cases(text: str, shown: str | None) -> None:
    """None: it stays as it is."""
    assert bare(rendered([text])) == (text if shown is None else shown)
    assert rendered(list(text)) == rendered([text])


def test_looks() -> None:
    text = "# t\n**b** *i* `c`\n~~s~~ [l](u)\n\\(\\boxed{5}\\)\n```py\n# x\nif 1: 'a'\n```"
    assert dressed(rendered([text])).split("\n") == [
        "\x1b[0;1;4;36mt\x1b[0m",
        "\x1b[0;1mb\x1b[0m \x1b[0;3mi\x1b[0m \x1b[0;36mc\x1b[0m",
        "\x1b[0;9ms\x1b[0m \x1b[0;4ml\x1b[0m\x1b[0;2m (u)\x1b[0m",
        "\x1b[0;1;32m5\x1b[0m",
        "\x1b[0;2m```py\x1b[0m",
        "\x1b[0;2m# x\x1b[0m",
        "\x1b[0;35mif \x1b[0m\x1b[0;36m1\x1b[0m: \x1b[0;32m'a'\x1b[0m",
        "\x1b[0;2m```\x1b[0m",
    ]


@given(TEXTS, COLUMNS)
def test_any_chunking_gives_the_same_rows(pieces: list[str], columns: int) -> None:
    assert rendered(pieces, columns) == rendered(["".join(pieces)], columns)


@given(TEXTS, COLUMNS)
def test_what_is_written_stays_whatever_comes(pieces: list[str], columns: int) -> None:
    document = Document(Wrapper(columns))
    written = document.feed("".join(pieces))
    assert (written + document.feed("*x*\n\n- y")).startswith(written)
    assert rendered(["".join(pieces), "*x*\n\n- y"], columns).startswith(written)


@given(TEXTS, COLUMNS)
def test_rows_fit(pieces: list[str], columns: int) -> None:
    assert all(cells(row) < columns for row in rendered(pieces, columns).split("\n"))


@given(st.lists(st.sampled_from("abc 中文，12\n -"), max_size=60), COLUMNS)
def test_no_word_is_lost(pieces: list[str], columns: int) -> None:
    text = "".join(pieces)
    shown = bare(rendered([text], columns))
    assert [char for char in shown if char.isalnum()] == [char for char in text if char.isalnum()]


def test_only_what_is_open_is_held_back() -> None:
    document = Document(Wrapper(60))
    assert document.feed("All of this is clear, ") == "All of this is clear,"
    assert document.feed("**this ") == ""
    assert document.tail() == " **this"
    assert bare(document.feed("is not** yet. ")) == " this is not yet."
    assert document.tail() == ""


@pytest.mark.parametrize("opening", ["**", "`", "[", "\\(", "<http://x", "a ~~", "x\n**"])
def test_what_stays_open_is_given_up(opening: str) -> None:
    document = Document(Wrapper(60))
    written = document.feed(opening + "word " * 400)
    assert written.count("word") > 300


def test_a_table_that_is_too_wide_becomes_a_list() -> None:
    text = "| name | what it is | n |\n|---|---|---|\n| **a** | some more words | 1 |\n| b | | 2 |"
    assert bare(rendered([text], 20)).split("\n") == [
        "name  a",
        "what it is  some",
        "more words",
        "n  1",
        "",
        "name  b",
        "n  2",
    ]
    assert bare(rendered([text.partition("| **")[0]], 12)) == "name\nwhat it is\nn"


def test_a_table_is_measured_by_its_first_rows_and_then_flows() -> None:
    document = Document(Wrapper(20))
    assert document.feed("| n | text |\n|---|---|\n" + "| 1 | short |\n" * 15) == ""
    assert document.tail().count("\n") == 16
    shown = bare(document.feed("| 2 | short |\n| 3 | too long |\n"))
    assert shown.split("\n")[-3:] == ["2     short", "3     too", "      long"]
    assert bare(document.feed("| 4 | x |\n")) == "\n4     x"

"""Conversations to look at: what was taken back in its place, and nothing that does anything."""

import re
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from qwq_cli.events import Answer, Event, Finished, Started, Thinking, Timings, Usage
from qwq_cli.history.search import Hit
from qwq_cli.history.turns import Conversation, Summary, Turn
from qwq_cli.ui import conversations, exports
from qwq_cli.ui.conversations import Passage, fitted, passages
from qwq_cli.ui.wrap import cells
from tests.history.kept import END, events


def conversation(
    question: str, thought: str, answer: str, title: str | None = None
) -> Conversation:
    happened: list[Event] = events(thought, answer)
    turn = Turn("6k3f0000000", "6k3f0000000", None, question, None, {}, "m", "e", 0, 1,
                tuple(happened))  # fmt: skip
    return Conversation(turn.id, title, (turn,), (turn,))


def test_what_was_taken_back_stands_in_its_place() -> None:
    assert passages(events("想。", "5"), Thinking) == [
        Passage("standing", "想"),
        Passage("standing", "。"),
        Passage("taken back", "round and round", "it went in circles (exact): refocused, 3 tokens"),
        Passage("ours", " Let me see."),
    ]
    assert passages(events("想。", "5"), Answer) == [Passage("standing", "5")]


ATTACKS = [
    "<script>alert(1)</script>",
    "</details></div></article></body><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    '"><svg/onload=alert(1)>',
    "[click](javascript:alert(1))",
    "[click](https://evil.example)",
    "![pixel](https://evil.example/p.png)",
    "<https://evil.example>",
    "```<img src=x>\ncode\n```",
    "``` x' onclick='alert(1)\ncode\n```",
    "[a]: javascript:alert(1)\n\n[a]",
    "&lt;script&gt;",
    "\x1b]8;;https://evil.example\x07x\x1b\\",
    "\u202egnp.exe",
    "]]><!--",
    "<style>body{display:none}</style>",
    "| a |\n|---|\n| <b onclick=x> |",
]
TAGS = {
    "html", "head", "meta", "title", "style", "body", "section", "h1", "article", "p", "div",
    "details", "summary", "ins", "del", "span",
}  # fmt: skip
LAID_OUT = {"h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "pre", "code", "blockquote", "hr", "br",
            "em", "strong", "table", "thead", "tbody", "tr", "th", "td"}  # fmt: skip
ATTRIBUTES = {"class", "dir", "id", "title", "charset", "name", "content", "http-equiv", "start"}


class Seen(HTMLParser):
    """Which elements and attributes a page has, and the texts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def harmless(page: str) -> Seen:
    seen = Seen(page)
    assert seen.tags <= TAGS | LAID_OUT
    table = {"style"} if "table" in seen.tags else set()  # text-align, of a table's columns
    assert seen.attributes <= ATTRIBUTES | table
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", page)
    return seen


def test_no_text_becomes_markup_in_html() -> None:
    for attack in ATTACKS:
        one = conversation(attack, attack, attack, attack)
        assert TAGS - {"span"} <= harmless(exports.html([one])).tags


@settings(max_examples=60)
@given(st.lists(st.sampled_from([*ATTACKS, "\n", " ", "`", "|", "a"]), max_size=5).map("".join))
def test_nor_any_mixture_of_them(text: str) -> None:
    harmless(exports.html([conversation(text, text, text)]))


def test_html_folds_the_thought_and_marks_the_loop() -> None:
    page = exports.html([conversation("Q?", "hm", "**5** and\n\n| a | b |\n|---|---|\n| 1 | 2 |")])
    assert "<details class='thought'><summary>Thinking · 30 tokens · 1 loop</summary>" in page
    assert "taken back: it went in circles (exact)" in page
    assert "<del>round and round</del>" in page
    assert "<ins title='put in by qwq'> Let me see.</ins>" in page
    assert "<strong>5</strong>" in page
    assert "<td>1</td>" in page
    assert "default-src 'none'" in page
    assert "src=" not in page
    assert "http" not in page.replace("http-equiv", "")


def test_markdown_fences_what_was_thought() -> None:
    text = exports.markdown([conversation("Q\n# no heading", "````\n</details>\n```", "**5**")])
    assert "> Q\n> # no heading" in text
    assert text.count("`````") == 2
    inside = text.split("`````")[1]
    assert "</details>\n```⟦taken back: it went in circles" in inside
    assert text.endswith("</details>\n\n**5**\n")
    assert text.startswith("# Q \\# no heading\n")


def test_a_record_has_the_keys_of_ask_and_more() -> None:
    one = conversation("Q?", "hm", "5")
    turn = conversations.turn_record(one.turns[0])
    assert (turn["id"], turn["question"], turn["reasoning"]) == (
        "6k3f0000000", "Q?", "hm Let me see.")  # fmt: skip
    assert turn["raw"] == "hmround and round Let me see.5"
    assert (turn["begun"], turn["final"]) == ("1970-01-01T00:00:00.000Z", "方块5")
    whole = conversations.conversation_record(one)
    assert (whole["line"], whole["turns"]) == (["6k3f0000000"], [turn])


def test_one_without_an_end_says_so() -> None:
    happened = (Started("m", "e", 1), Thinking("half"))
    turn = Turn("6k3f0000000", "6k3f0000000", None, "Q", None, {}, "m", "e", 0, None, happened)
    assert conversations.facts(turn).endswith("m (e) · unfinished")
    record = conversations.turn_record(turn)
    assert (record["finish_reason"], record["ended"], record["reasoning"]) == (None, None, "half")
    end = Finished("interrupted", None, Usage(), Timings())
    turn = Turn("6", "6", None, "Q", None, {}, "m", "e", 0, 1, (*happened, end))
    assert conversations.facts(turn).endswith(" · interrupted")
    assert END.reason not in conversations.facts(turn)


def test_rows_take_one_line_each() -> None:
    summary = Summary("6k3f0000000", "牌\n" * 90, 1, 0, 0, "m\x1b[31m", None, None)
    (row,) = conversations.rows([summary])
    assert row[4] == "unfinished"
    assert "\x1b" not in row[2]
    (cut,) = fitted(conversations.HEADS, [row], 80)
    assert sum(map(cells, cut)) + 2 * 5 <= 80
    assert cut[-1].endswith("…")
    hit = Hit("6k3f0000000", "6k3f0000000", 0, "q", "answer", "x" * 60, "found", " " * 60)
    assert conversations.hit_rows([hit])[0][-1] == "…xxxxxxxxxxxxfound"
    hit = Hit("6k3f0000000", "6k3f0000000", 0, "q", "answer", "a\t", "b", "\nc")
    assert conversations.tabbed(conversations.hit_rows([hit])).split("\t")[2:] == [
        "answer",
        "a b c\n",
    ]

"""Conversations as documents: Markdown and HTML. Know passages, and escape all that anybody wrote.

The HTML is one file that loads nothing and runs nothing: the thought folded, and in it what was
taken back. An answer's Markdown is laid out, but for links, images and HTML, which stay text.
"""

import re
from collections.abc import Iterable, Sequence
from html import escape

from qwq_cli.events import Thinking
from qwq_cli.history.turns import Conversation, Turn
from qwq_cli.stream.sanitise import sanitise
from qwq_cli.ui.conversations import Passage, facts, passages, title

_SHORTEST_FENCE = 3
_PAGE = """\
<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ max-width: 46rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.6 system-ui, sans-serif;
  overflow-wrap: anywhere; }}
.question, .text {{ white-space: pre-wrap; }}
.question {{ border-left: 3px solid; padding-left: 1rem; font-weight: 600; }}
.facts, summary {{ color: GrayText; font-size: .875rem; }}
.thought, .back {{ margin: 1rem 0; padding-left: 1rem; border-left: 1px solid GrayText; }}
.thought .text {{ opacity: .8; font-size: .9375rem; }}
.back {{ border-left: 3px dotted #c60; }}
.back summary, .note {{ color: #c60; font-size: .875rem; }}
ins {{ text-decoration: none; font-style: italic; }}
pre {{ overflow-x: auto; }}
table {{ border-collapse: collapse; }}
th, td {{ border: 1px solid GrayText; padding: .2rem .6rem; }}
</style>
</head>
<body>
{body}
</body>
</html>
"""


def markdown(conversations: Iterable[Conversation]) -> str:
    """One document; thinking as it was written is fenced, and folded where that is known."""
    return "\n".join(
        "\n".join([f"# {_inline(title(one))}\n", *map(_markdown_turn, one.line)])
        for one in conversations
    )


def _markdown_turn(turn: Turn) -> str:
    quoted = "\n".join(f"> {line}".rstrip() for line in turn.question.strip("\n").split("\n"))
    parts = [quoted, f"*{_inline(facts(turn))}*"]
    thought = passages(turn.events, Thinking)
    if thought:
        text = "".join(map(_fenced_text, thought)).strip("\n")
        fence = "`" * max(_SHORTEST_FENCE, max(map(len, re.findall("`+", text)), default=0) + 1)
        summary = f"<details>\n<summary>{_summary(turn)}</summary>"
        parts += [summary, f"{fence}text\n{text}\n{fence}", "</details>"]
    answer = turn.transcript.answer.strip("\n")
    return "\n\n".join([*parts, answer] if answer else parts) + "\n"


def _inline(text: str) -> str:
    """Text in which Markdown sees nothing."""
    return re.sub(r"([\\`*_\[\]<>#|&])", r"\\\1", text)


def _fenced_text(passage: Passage) -> str:
    if passage.kind == "taken back":
        return f"⟦taken back: {passage.why}⟧{passage.text}⟦from here on it stands⟧"
    return passage.text or f"⟦{passage.why}⟧"


def _summary(turn: Turn) -> str:
    end, loops = turn.transcript.finished, len(turn.transcript.loops)
    said = ["Thinking"]
    if end is not None:
        said.append(f"{end.usage.reasoning_tokens:,} tokens")
    if loops:
        said.append("1 loop" if loops == 1 else f"{loops} loops")
    return " · ".join(said)


# --------------------------------------------------------------------------------------- HTML


def html(conversations: Sequence[Conversation]) -> str:
    """One page, whatever the texts are."""
    name = title(conversations[0]) if len(conversations) == 1 else "qwq"
    return _PAGE.format(title=_safe(name), body="\n".join(map(_section, conversations)))


def _section(conversation: Conversation) -> str:
    turns = "\n".join(map(_article, conversation.line))
    return f"<section>\n<h1 dir='auto'>{_safe(title(conversation))}</h1>\n{turns}\n</section>"


def _article(turn: Turn) -> str:
    parts = [
        f"<p class='facts'>{_safe(facts(turn))}</p>",
        f"<div class='question' dir='auto'>{_safe(turn.question.strip())}</div>",
    ]
    thought = "".join(map(_shown, passages(turn.events, Thinking)))
    if thought:
        summary = f"<summary>{_safe(_summary(turn))}</summary>"
        parts.append(
            f"<details class='thought'>{summary}<div class='text' dir='auto'>{thought}</div>"
            "</details>"
        )
    answer = turn.transcript.answer.strip()
    if answer:
        parts.append(f"<div class='answer' dir='auto'>{_laid_out(answer)}</div>")
    return f"<article id='{_safe(turn.id)}'>\n" + "\n".join(parts) + "\n</article>"


def _shown(passage: Passage) -> str:
    text = _safe(passage.text)
    if passage.kind == "ours":
        return f"<ins title='put in by qwq'>{text}</ins>"
    if passage.kind == "taken back":
        why = f"<summary>taken back: {_safe(passage.why)}</summary>"
        return f"<details class='back'>{why}<del>{text}</del></details>"
    if passage.kind == "note":
        return f"<span class='note'>⟦{_safe(passage.why)}⟧</span>"
    return text


def _safe(text: str) -> str:
    """Text that is nothing but text, in an element or an attribute: no markup, no controls."""
    return escape(sanitise(text).encode(errors="replace").decode())


def _laid_out(text: str) -> str:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.disable(["link", "image", "autolink", "reference", "html_inline", "html_block"])
    rendered: str = parser.render(sanitise(text).encode(errors="replace").decode())
    return rendered

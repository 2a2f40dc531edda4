r"""The final answer, as one line, out of an answer; and an answer out of a thought without one.

Knows boxes, headings and a few ways of saying "the answer is". Does not know what is right.
"""

import re

from qwq_cli.stream.headings import heading_end

_BOX = re.compile(r"\\(?:boxed|fbox)\s*\{")
_TAGGED = re.compile(r"<answer>\s*(.*?)\s*</answer>", re.IGNORECASE | re.DOTALL)
_WRAPPED = re.compile(r"\\(?:text|textbf|mathrm|mathbf|textit)\s*\{([^{}]*)\}")
_SAYING = re.compile(
    r"(?:(?:so|therefore|thus|hence)\b[, ]*)?(?:the\s+)?(?:final\s+|correct\s+)?answer"
    r"(?:\s+is|\s+should\s+be)?\s*[:：]?\s*(?=\S)"
    r"|(?:所以|因此|综上)?[，,]?\s*(?:最终|正确)?答案(?:就?是|应该是|为)?\s*[:：]?\s*(?=\S)",
    re.IGNORECASE,
)
_PARAGRAPHS = re.compile(r"\n[ \t]*\n")
_SHORT = 400
"""Characters. A whole text as short as this, with no box in it, is an answer without a thought."""


def last_box(text: str) -> str | None:
    r"""What stands in the last complete `\boxed{...}`, its braces matched; None without one."""
    for begin in reversed(list(_BOX.finditer(text))):
        end = _closing_brace(text, begin.end())
        if end is not None:
            return text[begin.end() : end].strip()
    return None


def final_answer(answer: str, *, headed: bool = False, complete: bool = True) -> str | None:
    """The final answer as one line of text, None if there is none.

    The last box; else what stands between answer tags; else the line under a heading in it (or,
    if the whole answer stood under one: `headed`, its first line); else its last line. Of an
    answer that is not `complete` only a box or tags are believed.
    """
    boxed = last_box(answer)
    if boxed is not None:
        return _one_line(_bare(boxed)) or None
    tagged = _TAGGED.findall(answer)
    if tagged:
        return _one_line(_bare(tagged[-1])) or None
    if not complete:
        return None
    lines = [line.strip() for line in answer.splitlines()]
    lines = [line for line in lines if line.strip("`-=*_#\\[]$ ")]
    if not lines:
        return None
    return _one_line(_bare(_chosen(lines, headed=headed))) or None


def closing_part(thought: str) -> str:
    """The end of a finished thought that marked no answer, which has to serve as the answer.

    The paragraph that holds the last box; without a box the last paragraph, or everything where
    it is short. A paragraph that ends with a colon belongs to the one that it announces.
    """
    paragraphs = [part.strip() for part in _PARAGRAPHS.split(thought) if part.strip()]
    if not paragraphs:
        return ""
    place = len(paragraphs) - 1
    boxed = [number for number, part in enumerate(paragraphs) if last_box(part) is not None]
    if boxed:
        place = boxed[-1]
    elif len(thought.strip()) <= _SHORT:
        return thought.strip()
    begin = place
    if begin and paragraphs[begin - 1].endswith((":", "：")):
        begin -= 1
    return "\n\n".join(paragraphs[begin : place + 1])


def _closing_brace(text: str, at: int) -> int | None:
    """The offset of the brace that closes the one before `at`."""
    depth = 1
    while at < len(text):
        character = text[at]
        if character == "\\":
            at += 1
        elif character == "{":
            depth += 1
        elif character == "}":
            depth -= 1
            if not depth:
                return at
        at += 1
    return None


def _chosen(lines: list[str], *, headed: bool) -> str:
    """The line of an answer without a box that holds its result."""
    for place in range(len(lines) - 1, -1, -1):
        end = heading_end(lines[place], ended=True)
        if end:
            rest = lines[place][end:]
            if rest:
                return rest
            if place + 1 < len(lines):
                return lines[place + 1]
    if headed:
        return next((line for line in lines if not line.endswith((":", "："))), lines[0])
    return lines[-1]


def _bare(text: str) -> str:
    """Without the dress of Markdown, of mathematics and of the sentence."""
    text = _WRAPPED.sub(r"\1", text).replace("**", "").replace("__", "").strip()
    text = re.sub(r"^(?:[-*+>]\s+|#{1,6}\s+)", "", text)
    said = _SAYING.match(text)
    if said:
        text = text[said.end() :]
    for left, right in (("\\[", "\\]"), ("\\(", "\\)"), ("$$", "$$"), ("$", "$"), ("`", "`")):
        if len(text) > len(left) + len(right) and text.startswith(left) and text.endswith(right):
            text = text[len(left) : -len(right)].strip()
    return text[:-1].rstrip() if text.endswith(("。", ".")) and not text.endswith("..") else text


def _one_line(text: str) -> str:
    return " ".join(text.split())

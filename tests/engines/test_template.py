"""Chat templates as models bring them: rendered apart from what people wrote."""

import re
import sys
from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwq_cli.engines.base import Part
from qwq_cli.engines.template import CHATML, ChatTemplate, style_of
from qwq_cli.errors import BadInputError, UnavailableError
from qwq_cli.request import Message

USER = (Message("user", "2+2?"),)

QWEN = """\
{%- if tools %}{{- "# Tools" }}{%- endif %}
{%- for message in messages %}
    {%- if message.role == "assistant" %}
        {%- set content = message.content.split('</think>')[-1].lstrip('\\n') %}
        {{- '<|im_start|>assistant\\n' + content + '<|im_end|>\\n' }}
    {%- else %}
        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n<think>\\n' }}{%- endif %}
"""
DEEPSEEK = """\
{% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}\
{% set ns = namespace(system_prompt='') %}\
{%- for message in messages %}{%- if message['role'] == 'system' %}\
{% set ns.system_prompt = message['content'] %}{%- endif %}{%- endfor %}\
{{bos_token}}{{ns.system_prompt}}\
{%- for message in messages %}{%- if message['role'] == 'user' %}\
{{'<|User|>' + message['content']}}{%- endif %}\
{%- if message['role'] == 'assistant' %}{% set content = message['content'] %}\
{% if '</think>' in content %}{% set content = content.split('</think>')[-1] %}{% endif %}\
{{'<|Assistant|>' + content + eos_token}}{%- endif %}{%- endfor %}\
{% if add_generation_prompt %}{{'<|Assistant|>'}}{% endif %}"""
LLAMA = """\
{{- bos_token }}
{%- set date_string = strftime_now("%d %b %Y") %}
{%- for message in messages %}
    {%- if message.role not in ('system', 'user', 'assistant') %}
        {{- raise_exception("no such role") }}
    {%- endif %}
    {{- '<|h|>' + message.role + '<|/h|>' + message.content | trim + '<|eot|>' }}
{%- endfor %}
{{- '<|h|>assistant<|/h|>' + date_string }}
"""
NO_SYSTEM = """\
{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}\
{% for message in messages %}<t>{{ message.content }}{% endfor %}"""


def text(source: str, messages: tuple[Message, ...] = USER, *, bos: str = "") -> str:
    parts = ChatTemplate(source, bos=bos, eos="</s>").render(messages).parts
    return "".join(part.text for part in parts)


def test_contents_are_parts_of_their_own() -> None:
    messages = (Message("system", "Be brief."), *USER)
    assert ChatTemplate(CHATML).render(messages).parts == (
        Part("<|im_start|>system\n", control=True),
        Part("Be brief."),
        Part("<|im_end|>\n<|im_start|>user\n", control=True),
        Part("2+2?"),
        Part("<|im_end|>\n<|im_start|>assistant\n", control=True),
    )


@given(st.lists(st.text(min_size=1), min_size=1, max_size=4), st.sampled_from([CHATML, QWEN]))
def test_no_content_becomes_control_text(contents: list[str], source: str) -> None:
    contents = [f"{content}{{{{ 7 * 7 }}}}<|im_end|>" for content in contents]
    messages = tuple(Message("user", content) for content in contents)
    parts = ChatTemplate(source).render(messages).parts
    assert [part.text for part in parts if not part.control] == contents
    assert "49" not in "".join(part.text for part in parts if part.control)


def test_makers_templates() -> None:
    turns = (Message("user", "a"), Message("assistant", "b"), Message("user", "c"))
    assert text(QWEN, turns) == (
        "<|im_start|>user\na<|im_end|>\n<|im_start|>assistant\nb<|im_end|>\n"
        "<|im_start|>user\nc<|im_end|>\n<|im_start|>assistant\n<think>\n"
    )
    assert text(DEEPSEEK, (Message("system", "s"), *turns), bos="<s>") == (
        "<s>s<|User|>a<|Assistant|>b</s><|User|>c<|Assistant|>"
    )
    today = datetime.now(timezone.utc).astimezone().strftime("%d %b %Y")
    assert text(LLAMA) == f"<|h|>user<|/h|>2+2?<|eot|><|h|>assistant<|/h|>{today}"


@pytest.mark.parametrize(
    ("source", "opens"),
    [
        (QWEN, True),
        (DEEPSEEK, None),
        (CHATML, None),
        (CHATML + "<think>\n\n</think>\n\n", False),
    ],
)
def test_whether_the_prompt_opens_the_thinking(source: str, opens: bool | None) -> None:
    assert ChatTemplate(source).render(USER).opens_thinking is opens


def test_a_user_who_writes_tags_opens_nothing() -> None:
    prompt = ChatTemplate(CHATML).render((Message("user", "<think></think>"),))
    assert prompt.opens_thinking is None


def test_style_of_a_template() -> None:
    assert style_of(QWEN) == style_of(DEEPSEEK) == "tags"
    assert style_of(CHATML) == "none"


def test_the_token_that_the_tokeniser_adds_is_left_out() -> None:
    parts = ChatTemplate(DEEPSEEK, bos="<s>", adds_bos=True).render(USER).parts
    assert parts[0] == Part("<|User|>", control=True)


@pytest.mark.parametrize(
    ("source", "messages", "why"),
    [
        (NO_SYSTEM, (Message("system", "x"), *USER), "System role not supported"),
        ("nothing of it", USER, "drops the last message"),
    ],
)
def test_conversations_that_a_template_refuses(
    source: str, messages: tuple[Message, ...], why: str
) -> None:
    with pytest.raises(BadInputError, match=re.escape(why)):
        ChatTemplate(source).render(messages)


@pytest.mark.parametrize(
    "source",
    [
        "{% for %}",
        "{{ nothing.at.all }}",
        "{{ 1 / 0 }}",
        "{{ messages[9].content.x }}",
        "{{ 'a' + 1 }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ messages.append(1) }}",
        "{{ range(99999999) | list }}",
    ],
)
def test_broken_and_hostile_templates(source: str) -> None:
    with pytest.raises(UnavailableError, match="chat template fails"):
        ChatTemplate(source).render(USER)


def test_extras_that_templates_expect() -> None:
    source = (
        "{% for m in messages %}{% if loop.index > 1 %}{% break %}{% endif %}"
        "{{ m.content }}{{ {'a': '<é>'} | tojson }}{% endfor %}"
    )
    assert text(source) == '2+2?{"a": "<é>"}'


def test_jinja_is_imported_for_the_first_prompt_only() -> None:
    before = {name for name in sys.modules if name.startswith("jinja2")}
    ChatTemplate(CHATML)
    assert {name for name in sys.modules if name.startswith("jinja2")} == before

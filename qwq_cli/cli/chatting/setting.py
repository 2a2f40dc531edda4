"""The commands that set something for this session, or tell how it is set. Know settings."""

from dataclasses import replace

from qwq_cli.cli import answering
from qwq_cli.cli.chatting import telling
from qwq_cli.cli.chatting.chat import Chat
from qwq_cli.errors import UsageError
from qwq_cli.settings import KEYS, at_server, nearest, values_of
from qwq_cli.stream.sanitise import one_line
from qwq_cli.ui import tables

_AT_LOADING = {"base_url", "dialect", "proxy", "ca_file", "timeout", "context", "cache", "draft"}
"""What counts when a model is loaded."""


def model(chat: Chat, argument: str) -> None:
    """/model."""
    if argument:
        settings = at_server(replace(chat.settings, model=str(KEYS["model"].checked(argument))))
        answering.check(settings)
        chat.voice.note(f"loading {argument}")
        chat.take_model(settings)
    chat.held.ready(chat.settings)
    chat.voice.note(described(chat))


def described(chat: Chat) -> str:
    """`quill on llama.cpp · 4,096 tokens of context`."""
    opened = chat.held.opened
    if opened is None:
        return chat.settings.model
    facts = opened.engine.facts
    scope = f" · {opened.profile.scope}" if opened.profile.scope else ""
    where = f"{one_line(facts.name)} on {facts.engine}"
    return f"{where} · {facts.context_tokens:,} tokens of context{scope}"


def system(chat: Chat, argument: str) -> None:
    """/system."""
    if argument == "off":
        chat.change("system", "")
    elif argument:
        chat.change("system", argument)
    chat.voice.note(f"system prompt: {telling.short(chat.settings.system or 'none')}")


def think(chat: Chat, argument: str) -> None:
    """/think."""
    _choose(chat, "reasoning", argument)


def fold(chat: Chat, argument: str) -> None:
    """/fold."""
    del argument
    chat.change("reasoning", "show" if chat.settings.reasoning == "fold" else "fold")
    folded = chat.settings.reasoning == "fold"
    chat.voice.note("thinking is folded; /thought opens the last one" if folded else "unfolded")


def budget(chat: Chat, argument: str) -> None:
    """/budget."""
    if argument == "off":
        chat.settings = replace(chat.settings, budget=None)
        argument = ""
    _choose(chat, "budget", argument)


def loops(chat: Chat, argument: str) -> None:
    """/loops."""
    if argument:
        _choose(chat, "loops", argument)
    else:
        telling.loops(chat)


def set_(chat: Chat, argument: str) -> None:
    """/set."""
    name, _, value = argument.replace("=", " ", 1).partition(" ")
    name, value = name.replace("-", "_").strip(), value.strip()
    if not name:
        rows = [(one, _told(chat, one)) for one in values_of(chat.settings) if not KEYS[one].secret]
        chat.voice.show(tables.plain(rows))
        return
    if name not in KEYS:
        hint = nearest(name)
        todo = f"did you mean {hint}?" if hint else "/set lists them"
        raise UsageError(f"there is no setting {name!r}", "", todo)
    if KEYS[name].secret:
        raise UsageError(
            f"{name} is not typed here", "what you type is remembered", "use QWQ_API_KEY"
        )
    if name == "model" and value:
        model(chat, value)
        return
    _choose(chat, name, value)
    if value and name in _AT_LOADING:
        chat.voice.note("it counts from the next /model on")


def _choose(chat: Chat, name: str, value: str) -> None:
    """Set it, if there is a value; tell how it is."""
    if value:
        try:
            chat.change(name, None if value == "default" else value)
        except ValueError as error:
            raise UsageError(f"{name} {value}", str(error)) from None
    chat.voice.note(f"{name} = {_told(chat, name)}")


def _told(chat: Chat, name: str) -> str:
    value = values_of(chat.settings)[name]
    return KEYS[name].unset if value is None else one_line(str(value))

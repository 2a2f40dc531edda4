"""Which settings there are: their names, types, ranges and defaults. Knows no source of theirs."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal, TypeAlias, get_args

from qwq_cli.endpoint import DIALECTS, PATIENCE_S, Dialect
from qwq_cli.request import LANGUAGES, Loops, Steering

Value: TypeAlias = str | int | float
Reasoning: TypeAlias = Literal["auto", "show", "fold", "hide", "stderr"]
Sensitivity: TypeAlias = Literal["low", "normal", "high"]
Switch: TypeAlias = Literal["on", "off"]
WarmUp: TypeAlias = Literal["auto", "on", "off"]
Cache: TypeAlias = Literal["auto", "fp16", "q8", "q6", "q4"]

_INT32 = 2**31 - 1
_USUAL = Steering()
_LARGEST_SEED = 2**32 - 2
"""llama.cpp's seeds have 32 bits, and the largest means: draw one."""
_SWITCH: dict[object, Switch] = {
    True: "on",
    False: "off",
    "1": "on",
    "0": "off",
    "true": "on",
    "false": "off",
    "yes": "on",
    "no": "off",
}
"""Other ways to say on and off."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that its user gave a name. `values` are its settings by name, those of CONNECTION
    and no others; `model`: what to ask for there where nothing is named, "" the only one it has.
    """

    values: Mapping[str, Value] = field(repr=False)
    model: str = ""
    missing: str = ""
    """The variable that is to hold its key, and does not."""


CONNECTION: Final = ("base_url", "api_key", "dialect", "proxy", "ca_file", "timeout")
"""What it takes to reach a server."""
SERVERS: Final = "servers"
"""The table of servers with names."""
KEY_VARIABLE: Final = "api_key_env"
AT_SERVER: Final = (*CONNECTION, "model", KEY_VARIABLE)
"""What may be set for one of them."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What was set; None leaves it to the model's profile. `servers` are those with a name."""

    model: str = "quill"
    system: str | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    min_p: float | None = None
    presence_penalty: float | None = None
    dry_multiplier: float | None = None
    xtc_probability: float | None = None
    seed: int | None = None
    max_tokens: int | None = None
    context: int | None = None
    cache: Cache = "auto"
    draft: str = "off"
    warm: WarmUp = "auto"
    keep_alive: float = 600.0
    reasoning: Reasoning = "auto"
    budget: int | None = None
    loops: Loops = _USUAL.loops
    loop_sensitivity: Sensitivity = "normal"
    rescues: int = _USUAL.rescues
    language: str = _USUAL.language
    history: Switch = "on"
    markdown: Switch = "on"
    server: str | None = None
    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    serve_key: str | None = field(default=None, repr=False)
    dialect: Dialect = "auto"
    proxy: str | None = field(default=None, repr=False)
    ca_file: str | None = None
    timeout: float = PATIENCE_S
    servers: Mapping[str, Server] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Key:
    """A setting's name, type and range, and what it means when nothing sets it.

    `personal`: nobody else, such as who wrote a project, may set it. `secret`: not to be shown.
    `filled`: a text may not be empty. `address`: it may have a password in it.
    """

    name: str
    kind: type[str] | type[int] | type[float]
    low: float = 0
    high: float = 0
    choices: tuple[str, ...] = ()
    unset: str = ""
    personal: bool = False
    secret: bool = False
    filled: bool = False
    address: bool = False

    def shown(self, value: Value | None) -> Value | None:
        """The value as others may see it: no secret, and no password in an address."""
        if not isinstance(value, str) or not self.personal:
            return value
        if self.secret and value:
            return "***"
        return re.sub(r"^(\w[\w+.-]*://)?.*@", r"\1***@", value) if self.address else value

    def checked(self, value: object) -> Value:
        """The value in its type; raises ValueError with what it must be."""
        if self.choices in {get_args(Switch), get_args(WarmUp)} and isinstance(value, str | bool):
            value = _SWITCH.get(value.lower() if isinstance(value, str) else value, value)
        if self.kind is str:
            if not isinstance(value, str) or (self.choices and value not in self.choices):
                raise ValueError(self.rule)
            if not value and self.filled:
                raise ValueError(self.rule)
            return value
        number = value
        if isinstance(value, str):
            try:
                number = self.kind(value)
            except ValueError:
                raise ValueError(self.rule) from None
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise ValueError(self.rule)  # noqa: TRY004 - one kind of error for one kind of fault
        if not self.low <= number <= self.high or (self.kind is int and number != int(number)):
            raise ValueError(self.rule)
        return self.kind(number)

    @property
    def rule(self) -> str:
        """What a value must be, as a phrase."""
        if self.choices:
            return f"{self.name} must be one of {', '.join(self.choices)}"
        if self.kind is str:
            return f"{self.name} must be a text{' that is not empty' * self.filled}"
        number = "a whole number" if self.kind is int else "a number"
        return f"{self.name} must be {number} from {self.low:g} to {self.high:.10g}"


_MODELS_OWN = "the model's own"
KEYS = {
    key.name: key
    for key in (
        Key("model", str, filled=True),
        Key("system", str, unset="none"),
        Key("temperature", float, 0, 5, unset=_MODELS_OWN),
        Key("top_p", float, 0, 1, unset=_MODELS_OWN),
        Key("top_k", int, 0, _INT32, unset=_MODELS_OWN),
        Key("min_p", float, 0, 1, unset=_MODELS_OWN),
        Key("presence_penalty", float, -2, 2, unset=_MODELS_OWN),
        Key("dry_multiplier", float, 0, 10, unset=_MODELS_OWN),
        Key("xtc_probability", float, 0, 1, unset=_MODELS_OWN),
        Key("seed", int, 0, _LARGEST_SEED, unset="drawn each time"),
        Key("max_tokens", int, 1, _INT32, unset="what the context holds"),
        Key("context", int, 256, _INT32, unset="what fits, at most 32,768"),
        Key("cache", str, choices=get_args(Cache)),
        Key("draft", str, filled=True),
        Key("warm", str, choices=get_args(WarmUp)),
        Key("keep_alive", float, 1, 604_800),
        Key("reasoning", str, choices=get_args(Reasoning)),
        Key("budget", int, 0, _INT32, unset="as long as it takes"),
        Key("loops", str, choices=get_args(Loops)),
        Key("loop_sensitivity", str, choices=get_args(Sensitivity)),
        Key("rescues", int, 0, 1000),
        Key("language", str, choices=("auto", "off", *LANGUAGES)),
        Key("history", str, choices=get_args(Switch)),
        Key("markdown", str, choices=get_args(Switch)),
        Key("server", str, unset="none", personal=True),
        Key("base_url", str, unset="none", personal=True, address=True),
        Key("api_key", str, unset="none", personal=True, secret=True),
        Key("serve_key", str, unset="none", personal=True, secret=True),
        Key("dialect", str, choices=DIALECTS),
        Key("proxy", str, unset="the environment's", personal=True, address=True),
        Key("ca_file", str, unset="the usual authorities", personal=True),
        Key("timeout", float, 1, 86_400),
    )
}


_KEY_VARIABLE = Key(KEY_VARIABLE, str, filled=True)


def server_part(name: str) -> tuple[str, str] | None:
    """The server and its setting that a name like `servers.lab.base_url` means; None for a name
    of another form.
    """
    head, _, rest = name.partition(".")
    server, _, field = rest.rpartition(".")
    return (server, field) if head == SERVERS and server else None


def key_of(name: str) -> Key | None:
    """What is known of a setting, be it one of a server's; None where there is none."""
    part = server_part(name)
    if part is None:
        return KEYS.get(name)
    if part[1] not in AT_SERVER:
        return None
    return _KEY_VARIABLE if part[1] == KEY_VARIABLE else KEYS[part[1]]


def nearest(name: str) -> str | None:
    """The known setting whose name is most like this one, None where none is near."""
    from difflib import get_close_matches

    found = get_close_matches(name.replace("-", "_"), KEYS, n=1)
    return found[0] if found else None


def values_of(settings: Settings) -> dict[str, Value | None]:
    """The settings by name, in their usual order, as they may be shown and kept: no secrets."""
    return {name: key.shown(getattr(settings, name)) for name, key in KEYS.items()}


def at_servers(settings: Settings) -> Iterator[tuple[str, Value]]:
    """What is set for each server with a name, as it may be shown: `servers.lab.base_url`."""
    for name, server in settings.servers.items():
        values = {**server.values, **({"model": server.model} if server.model else {})}
        for each in AT_SERVER:
            if values.get(each):
                yield f"{SERVERS}.{name}.{each}", KEYS[each].shown(values[each]) or ""
            elif each == KEY_VARIABLE and server.missing:
                yield f"{SERVERS}.{name}.{each}", server.missing


def at_server(settings: Settings) -> Settings:
    """With what it takes to reach the server that the model's name means, or the setting `server`
    for `openai/...`; as they are where none is meant.

    Nothing of another server's goes there: what it does not set itself is as if it were not set.
    Raises ValueError where there is no server of that name.
    """
    head, _, model = settings.model.partition("/")
    name = head if head in settings.servers else settings.server
    if name is None or head not in {name, "openai"}:
        return settings
    server = settings.servers.get(name)
    if server is None:
        there = f"there is {', '.join(settings.servers)}" if settings.servers else "there is none"
        raise ValueError(f"no server is called {name!r}: {there}")
    if server.missing:
        raise ValueError(f"{name} has its key from {server.missing}, which is not set")
    usual = Settings()
    values = {each: server.values.get(each, getattr(usual, each)) for each in CONNECTION}
    if "timeout" not in server.values:
        values["timeout"] = settings.timeout
    model = f"openai/{model or server.model}".rstrip("/")
    return replace(settings, model=model, server=name, **values)

"""Servers with names, in the user's own file: which one is meant, and what goes there."""

from dataclasses import replace
from pathlib import Path

import pytest

from qwq_cli.config import Place, resolve
from qwq_cli.errors import ConfigError, UsageError
from qwq_cli.settings import Settings, at_server

TWO = """
timeout = 50
proxy = "http://proxy:3128"
api_key = "mine"

[servers.lab]
base_url = "http://lab:8000"
model = "Qwen/QwQ-32B"
dialect = "vllm"
api_key_env = "LAB_KEY"

[servers.home]
base_url = "http://box:5000/v1"
timeout = 9
"""


def place(tmp_path: Path, text: str = TWO, **environ: str) -> Place:
    file = tmp_path / "config.toml"
    file.write_text(text, "utf-8")
    return Place(environ, tmp_path, file, tmp_path)


def meant(found: Settings) -> tuple[object, ...]:
    return (found.model, found.base_url, found.api_key, found.dialect, found.proxy, found.timeout)


LAB = ("http://lab:8000", "k", "vllm", None, 50.0)
HOME = ("http://box:5000/v1", None, "auto", None, 9.0)
MINE = (None, "mine", "auto", "http://proxy:3128", 50.0)


@pytest.mark.parametrize(
    ("flags", "environ", "wanted"),
    [
        ({"model": "lab"}, {}, ("openai/Qwen/QwQ-32B", *LAB)),
        ({"model": "lab/other"}, {}, ("openai/other", *LAB)),
        ({"model": "home"}, {}, ("openai", *HOME)),
        ({}, {"QWQ_MODEL": "home/x"}, ("openai/x", *HOME)),
        ({}, {"QWQ_SERVER": "lab"}, ("openai/Qwen/QwQ-32B", *LAB)),
        ({"model": "openai/x"}, {"QWQ_SERVER": "lab"}, ("openai/x", *LAB)),
        # A file's model is no server's, whichever server is set.
        ({"model": "quill"}, {"QWQ_SERVER": "lab"}, ("quill", *MINE)),
        # What names another place later goes before.
        (
            {"model": "openai/x", "base_url": "http://there"},
            {"QWQ_SERVER": "lab"},
            ("openai/x", "http://there", *MINE[1:]),
        ),
    ],
)
def test_which_server_is_meant(
    tmp_path: Path, flags: dict[str, str], environ: dict[str, str], wanted: tuple[object, ...]
) -> None:
    """Nothing that is set for another server goes there: no key, no proxy."""
    resolved = resolve(flags, place(tmp_path, LAB_KEY="k", **environ))
    assert meant(resolved.settings) == wanted
    assert at_server(resolved.settings) == resolved.settings


def test_where_each_value_comes_from(tmp_path: Path) -> None:
    resolved = resolve({"model": "lab"}, place(tmp_path, LAB_KEY="k"))
    sources = resolved.sources
    assert (sources["model"], sources["base_url"], sources["api_key"]) == (
        "--model",
        "servers.lab",
        "servers.lab",
    )
    assert sources["proxy"] == "default"
    assert "config.toml" in sources["timeout"]
    secret = resolve({"model": "lab"}, place(tmp_path, LAB_KEY="s3cret"))
    assert secret.settings.api_key == "s3cret"
    assert "s3cret" not in repr(secret)


def test_another_one_in_a_conversation(tmp_path: Path) -> None:
    settings = resolve({"model": "lab"}, place(tmp_path, LAB_KEY="k")).settings
    assert meant(at_server(replace(settings, model="home/y"))) == ("openai/y", *HOME)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("servers = 4", "servers is no table"),
        ("[servers]\nlab = 4", "servers.lab: it is no table"),
        ("[servers.lab]\n", "servers.lab: it does not say where it is"),
        ('[servers.lab]\nbase_url = "x"\nport = 4', "servers.lab.port: a server has no such"),
        ("[servers.lab]\nbase_url = 4", "servers.lab.base_url: base_url must be a text"),
        ('[servers.lab]\nbase_url = "x"\ntimeout = 0', "timeout must be a number from 1"),
        ('[servers.openai]\nbase_url = "x"', "servers.openai: it can't be called so"),
        ('[servers."a/b"]\nbase_url = "x"', "servers.a/b: it can't be called so"),
        ('[servers.lab]\nbase_url = "x"\napi_key_env = 4', "api_key_env must be the name of"),
    ],
)
def test_a_table_that_is_none(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError) as raised:
        resolve({}, place(tmp_path, text))
    assert says in str(raised.value)
    assert "config.toml" in str(raised.value)


def test_a_server_that_is_not_there_or_can_t_be_reached(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no server is called 'lap': there is lab, home"):
        resolve({}, place(tmp_path, QWQ_SERVER="lap"))
    with pytest.raises(ConfigError, match="lab has its key from LAB_KEY, which is not set"):
        resolve({"model": "lab"}, place(tmp_path))
    with pytest.raises(UsageError, match="lab and --base-url exclude each other"):
        resolve({"model": "lab", "base_url": "http://x"}, place(tmp_path, LAB_KEY="k"))
    assert resolve({"model": "home"}, place(tmp_path)).settings.server == "home"


def test_a_project_names_no_server(tmp_path: Path) -> None:
    here = place(tmp_path)
    (tmp_path / "qwq.toml").write_text('[servers.lab]\nbase_url = "http://evil"\n')
    with pytest.raises(ConfigError, match="a project's file may not set servers"):
        resolve({}, here)

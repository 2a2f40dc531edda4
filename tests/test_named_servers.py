"""Servers with names, in the user's own file: which one is meant, and what goes there."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from qwq_cli.config import Place, resolve
from qwq_cli.config_file import remove, store
from qwq_cli.errors import ConfigError, QwqError, UsageError
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


# ---------------------------------------------------------------------------------- storing


def test_one_is_made_and_changed_by_its_settings(tmp_path: Path) -> None:
    here = place(tmp_path, "# mine\nseed = 1\n", LAB_KEY="k")
    file = tmp_path / "config.toml"
    assert store(file, "servers.lab.base_url", "http://lab:8000") == "http://lab:8000"
    store(file, "servers.lab.model", "Qwen/QwQ-32B")
    store(file, "servers.lab.dialect", "sglang")
    store(file, "servers.lab.api_key_env", "LAB_KEY")
    assert store(file, "servers.lab.timeout", "9") == 9
    store(file, "servers.lab.dialect", "vllm")
    store(file, "temperature", "0.5")
    store(file, "servers.big.one.base_url", "https://gpu.example/v1")
    assert file.read_text("utf-8") == (
        "# mine\nseed = 1\ntemperature = 0.5\n\n"
        '[servers.lab]\nbase_url = "http://lab:8000"\nmodel = "Qwen/QwQ-32B"\ndialect = "vllm"\n'
        'api_key_env = "LAB_KEY"\ntimeout = 9.0\n\n'
        '[servers."big.one"]\nbase_url = "https://gpu.example/v1"\n'
    )
    found = resolve({"model": "lab"}, here).settings
    assert meant(found) == ("openai/Qwen/QwQ-32B", *LAB[:-1], 9.0)
    assert resolve({"model": "big.one"}, here).settings.base_url == "https://gpu.example/v1"


def test_a_key_makes_the_file_its_owner_s_alone(tmp_path: Path) -> None:
    place(tmp_path)
    file = tmp_path / "config.toml"
    file.chmod(0o644)
    store(file, "servers.home.timeout", "20")
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    store(file, "servers.home.api_key", "hush")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


FORMS = {
    "tables": TWO,
    "with comments": TWO.replace('dialect = "vllm"', 'dialect = "vllm"  # since May').lstrip(),
    "in one line": 'servers = { lab = { base_url = "http://lab" }, home = {base_url = "x"} }\n',
    "quoted": '["servers"."lab"]\n"base_url" = "http://lab"\n[servers.home]\nbase_url = "x"\n',
    "one under the other": '[servers]\nhome = {base_url = "x"}\n[servers.lab]\nbase_url = "y"\n',
    "apart": '[servers.lab]\nbase_url = "http://lab"\n[other]\n[servers.home]\nbase_url = "x"\n',
    "no line at the end": '[servers.lab]\nbase_url = "http://lab"\n[servers.home]\nbase_url = "x"',
}


@pytest.mark.parametrize("name", FORMS)
def test_however_it_is_written_the_rest_stays(tmp_path: Path, name: str) -> None:
    text = FORMS[name].replace("[other]\n", "")
    here = place(tmp_path, text, LAB_KEY="k")
    before = resolve({}, here).settings.servers
    file = tmp_path / "config.toml"
    store(file, "servers.lab.timeout", "7")
    store(file, "servers.new.base_url", "http://new")
    after = dict(resolve({}, here).settings.servers)
    assert after.pop("new").values == {"base_url": "http://new"}
    assert after["home"] == before["home"]
    assert after["lab"] == replace(before["lab"], values={**before["lab"].values, "timeout": 7.0})
    for line in text.splitlines():
        if "#" in line:
            assert line in file.read_text("utf-8").splitlines()


@pytest.mark.parametrize("name", FORMS)
def test_however_it_is_written_one_can_be_unset(tmp_path: Path, name: str) -> None:
    here = place(tmp_path, FORMS[name].replace("[other]\n", ""), LAB_KEY="k")
    before = resolve({}, here).settings.servers
    file = tmp_path / "config.toml"
    store(file, "servers.lab.timeout", "7")
    assert remove(file, "servers.lab.timeout")
    assert resolve({}, here).settings.servers == before
    assert remove(file, "servers.lab")
    assert not remove(file, "servers.lab")
    assert resolve({}, here).settings.servers == {"home": before["home"]}
    assert remove(file, "servers.home")
    assert resolve({}, here).settings.servers == {}


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("servers.lab.base_url", "can't do without its address; unset servers.lab as a whole"),
        ("servers", "there is no setting"),
        ("servers.", "there is no setting"),
    ],
)
def test_what_can_t_be_unset(tmp_path: Path, name: str, says: str) -> None:
    place(tmp_path)
    with pytest.raises(UsageError, match=says):
        remove(tmp_path / "config.toml", name)
    assert not remove(tmp_path / "config.toml", "servers.lap")
    assert (tmp_path / "config.toml").read_text("utf-8") == TWO


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("servers.lap.model", "x", "does not say where it is; first `qwq config set servers.lap.b"),
        ("servers.lab.port", "4", "there is no setting .*servers.NAME has base_url"),
        ("servers.lab", "http://x", "there is no setting .*servers.NAME has base_url"),
        ("servers", "x", "there is no setting"),
        ("servers..base_url", "http://x", "there is no setting"),
        ("servers.lab.timeout", "0", "timeout must be a number from 1"),
        ("servers.lab.dialect", "vlm", "dialect must be one of auto"),
        ("servers.lab.base_url", "nowhere", "is no address of a server"),
        ("servers.lab.base_url", "http://me:hush@lab", "has a name or password in it"),
        ("servers.lab.base_url", "", "is no address"),
        ("servers.lab.api_key_env", "", "api_key_env must be a text that is not empty"),
        ("servers.openai.base_url", "http://x", "it can't be called so"),
        ("servers.a/b.base_url", "http://x", "it can't be called so"),
        ("base_url", "nowhere", "is no address of a server"),
    ],
)
def test_what_would_be_no_server_is_not_written(
    tmp_path: Path, name: str, value: str, says: str
) -> None:
    place(tmp_path)
    with pytest.raises(UsageError, match=says) as raised:
        store(tmp_path / "config.toml", name, value)
    assert "hush" not in str(raised.value)
    assert (tmp_path / "config.toml").read_text("utf-8") == TWO


@pytest.mark.parametrize("text", ["servers = 4\n", "[servers]\nlab = 4\n"])
def test_a_table_that_is_none_is_left_alone(tmp_path: Path, text: str) -> None:
    place(tmp_path, text)
    with pytest.raises(QwqError, match="lab is no table in your file; mend it"):
        store(tmp_path / "config.toml", "servers.lab.base_url", "http://x")
    assert (tmp_path / "config.toml").read_text("utf-8") == text


def test_one_that_lacks_its_address_can_be_mended(tmp_path: Path) -> None:
    here = place(tmp_path, '[servers.lab]\nmodel = "m"\n')
    store(tmp_path / "config.toml", "servers.lab.base_url", "http://x")
    assert resolve({"model": "lab"}, here).settings.model == "openai/m"


def test_a_form_that_can_t_be_kept_is_left_alone(tmp_path: Path) -> None:
    text = 'servers.lab.base_url = "http://lab"\nseed = 1\nservers.home.base_url = "x"\n'
    here = place(tmp_path, text)
    with pytest.raises(QwqError, match=r"can't set servers\.new\.base_url: .*; edit it"):
        store(tmp_path / "config.toml", "servers.new.base_url", "http://new")
    assert (tmp_path / "config.toml").read_text("utf-8") == text
    assert list(resolve({}, here).settings.servers) == ["lab", "home"]

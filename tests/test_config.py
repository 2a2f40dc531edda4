"""Settings: which source wins, what a file may hold, and errors that name the line."""

import os
import stat
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwq_cli.config import (
    Place,
    Terminal,
    current_place,
    resolve,
    terminal,
)
from qwq_cli.config_file import LARGEST_FILE, remove, store
from qwq_cli.errors import ConfigError, QwqError, UsageError
from qwq_cli.settings import KEYS, Settings, nearest, values_of


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A home with an empty project in it, and no environment."""
    project = tmp_path / "home" / "project" / "deep"
    project.mkdir(parents=True)
    home = tmp_path / "home"
    return Place({}, project, home / ".config" / "qwq" / "config.toml", home)


def user_file(place: Place, text: str) -> Path:
    assert place.user_file is not None
    place.user_file.parent.mkdir(parents=True, exist_ok=True)
    place.user_file.write_text(text, encoding="utf-8")
    return place.user_file


def project_file(place: Place, text: str, name: str = ".qwq.toml", up: int = 1) -> Path:
    assert place.directory is not None
    path = [place.directory, *place.directory.parents][up] / name
    path.write_text(text, encoding="utf-8")
    return path


def with_environment(place: Place, **environ: str) -> Place:
    return Place(environ, place.directory, place.user_file, place.home)


def test_defaults(place: Place) -> None:
    resolved = resolve({}, place)
    assert resolved.settings == Settings()
    assert dict(resolved.sources) == dict.fromkeys(KEYS, "default")
    assert list(values_of(resolved.settings)) == list(KEYS)


def test_each_source_goes_before_the_next(place: Place) -> None:
    user = user_file(place, "# mine\ntemperature = 0.1\ntop_k = 1\nseed = 1\nmax_tokens = 1\n")
    project = project_file(place, "top_k = 2\nseed = 2\nmax_tokens = 2\n")
    place = with_environment(place, QWQ_SEED="3", QWQ_MAX_TOKENS="3", QWQ_TOP_P="")
    resolved = resolve({"max_tokens": 4, "top_p": None}, place)
    assert resolved.settings == Settings(temperature=0.1, top_k=2, seed=3, max_tokens=4)
    assert resolved.sources["temperature"] == f"{user}:2"
    assert resolved.sources["top_k"] == f"{project}:1"
    assert resolved.sources["seed"] == "environment QWQ_SEED"
    assert resolved.sources["max_tokens"] == "--max-tokens"
    assert resolved.sources["top_p"] == "default"


BAD = {
    "no TOML": ("top_k = 1\ntop_p 0.5\n", 2, "no TOML"),
    "an open string": ('\nmodel = "quill\n', 2, "no TOML"),
    "an unknown name": ("top_k = 1\n\ntemprature = 0.5\n", 3, "did you mean temperature?"),
    "a table": ("[ask]\ntop_k = 1\n", 1, "no setting 'ask'"),
    "a wrong type": ('# a\n# b\ntop_k = "many"\n', 3, "whole number from 0"),
    "a truth value": ("top_k = true\n", 1, "whole number"),
    "out of range": ('system = """\ntemperature = 9\n"""\ntemperature = 9\n', 4, "from 0 to 5"),
    "not a number": ("top_p = nan\n", 1, "from 0 to 1"),
    "a broken number": ("top_k = 2.5\n", 1, "whole number"),
    "no such choice": ('reasoning = "loud"\n', 1, "auto, show, fold"),
    "an empty model": ('model = ""\n', 1, "not empty"),
    "twice the same": ("seed = 1\nseed = 2\n", 2, "no TOML"),
    "a list": ("seed = [\n1,\n2]\n", 1, "whole number"),
}


@pytest.mark.parametrize(("text", "line", "says"), BAD.values(), ids=BAD)
def test_a_bad_line_is_named(place: Place, text: str, line: int, says: str) -> None:
    path = user_file(place, text)
    with pytest.raises(ConfigError) as caught:
        resolve({}, place)
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert says in str(caught.value)


def test_bad_bytes_are_named_by_line(place: Place) -> None:
    path = user_file(place, "")
    path.write_bytes(b"seed = 1\nsystem = '\xff'\n")
    with pytest.raises(ConfigError, match=r"config\.toml:2: it is not UTF-8"):
        resolve({}, place)


def test_a_byte_order_mark_is_no_fault(place: Place) -> None:
    user_file(place, "").write_bytes(b"\xef\xbb\xbfseed = 1\r\n")
    assert resolve({}, place).settings.seed == 1


@pytest.mark.parametrize("kind", ["directory", "fifo", "huge"])
def test_what_is_no_configuration_file_is_refused(place: Place, kind: str) -> None:
    path = project_file(place, "#" * (LARGEST_FILE + 1))
    if kind != "huge":
        path.unlink()
        path.mkdir() if kind == "directory" else os.mkfifo(path)
    with pytest.raises(ConfigError, match=r"no regular file|no configuration"):
        resolve({}, place)


def test_flags_and_variables_are_checked_too(place: Place) -> None:
    with pytest.raises(UsageError, match=r"--top-p 1\.5: top_p must be a number from 0 to 1"):
        resolve({"top_p": 1.5}, place)
    with pytest.raises(ConfigError, match=r"QWQ_SEED='x': seed must be a whole number"):
        resolve({}, with_environment(place, QWQ_SEED="x"))


def test_an_unknown_variable_is_a_notice(place: Place) -> None:
    resolved = resolve({}, with_environment(place, QWQ_TEMPRATURE="1", OTHER="x"))
    (notice,) = resolved.notices
    assert "did you mean QWQ_TEMPERATURE?" in notice


# ---------------------------------------------------------------------------- project files


def test_the_nearest_project_file_alone_is_read(place: Place) -> None:
    project_file(place, "top_k = 1\nseed = 1\n", up=2)
    near = project_file(place, "top_k = 2\n", up=0, name="qwq.toml")
    assert resolve({}, place).settings == Settings(top_k=2)
    project_file(place, "top_k = 3\n", up=0)
    assert near.exists()
    assert resolve({}, place).settings == Settings(top_k=3)


def test_the_search_ends_at_a_checkout_and_at_home(place: Place) -> None:
    project_file(place, "top_k = 1\n", up=3)  # above the home directory
    assert resolve({}, place).settings == Settings()
    project_file(place, "top_k = 2\n", up=2)
    assert resolve({}, place).settings == Settings(top_k=2)
    assert place.directory is not None
    (place.directory / ".git").mkdir()
    assert resolve({}, place).settings == Settings()


@pytest.mark.parametrize("model", ["./evil.gguf", "evil.GGUF", "~/x", "/models/x"])
def test_a_project_may_not_name_a_file_to_load(place: Place, model: str) -> None:
    path = project_file(place, f'\nmodel = "{model}"\n')
    with pytest.raises(ConfigError, match="not a file to load") as caught:
        resolve({}, place)
    assert f"{path}:2" in str(caught.value)
    project_file(place, 'model = "quill"\n')
    user_file(place, f'model = "{model}"\n')
    assert resolve({}, place).settings.model == "quill"


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to give a file away")
def test_a_file_of_somebody_else_is_passed_over(place: Place) -> None:
    path = project_file(place, "top_k = 1\n")
    os.chown(path, 12345, 12345)
    resolved = resolve({}, place)
    assert resolved.settings == Settings()
    assert f"{path} belongs to another user" in resolved.notices[0]


def test_no_home_no_directory(place: Place) -> None:
    assert resolve({}, Place({}, None, None, None)).settings == Settings()
    assert place.user_file is not None


@pytest.mark.parametrize(("home", "known"), [("", False), ("relative", False), (None, True)])
def test_where_the_user_file_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: str | None, *, known: bool
) -> None:
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path) if home is None else home)
    file = current_place().user_file
    if known:
        assert file == tmp_path / ".config" / "qwq" / "config.toml"
    else:
        assert file is None or file.is_absolute()


def test_xdg_is_followed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert current_place().user_file == tmp_path / "qwq" / "config.toml"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("\n# top_k = 1\n  top_k = 7\n", 3),
        ('"top_k" = 7\n', 1),
        ('system = """\ntop_k = 1\n"""\ntop_k = 7\n', 4),
        ("\n" * 60_000 + "top_k = 7\n", 60_001),
    ],
    ids=["plain", "quoted", "in a text", "far down"],
)
def test_where_a_setting_stands(place: Place, text: str, line: int) -> None:
    path = project_file(place, text)
    found = resolve({}, place)
    assert found.settings.top_k == 7
    assert found.sources["top_k"] == f"{path}:{line}"


# ---------------------------------------------------------------------------------- storing


def test_set_keeps_comments_and_order(place: Place) -> None:
    path = user_file(place, "# mine\nseed = 1  # lucky\n\n# cool\ntemperature = 0.5\n")
    path.chmod(0o640)
    assert store(path, "temperature", "0.7") == 0.7
    assert store(path, "reasoning", "fold") == "fold"
    assert path.read_text(encoding="utf-8") == (
        '# mine\nseed = 1  # lucky\n\n# cool\ntemperature = 0.7\nreasoning = "fold"\n'
    )
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [file.name for file in path.parent.iterdir()] == ["config.toml"]
    assert resolve({}, place).settings.temperature == 0.7


def test_set_makes_the_file_and_follows_a_link(place: Place, tmp_path: Path) -> None:
    assert place.user_file is not None
    store(place.user_file, "system", 'say "hi"\n')
    assert resolve({}, place).settings.system == 'say "hi"\n'
    target = tmp_path / "dotfiles.toml"
    place.user_file.replace(target)
    place.user_file.symlink_to(target)
    store(place.user_file, "seed", "5")
    assert place.user_file.is_symlink()
    assert "seed = 5" in target.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("sede", "1", "did you mean seed?"),
        ("zzz", "1", "the settings are model"),
        ("seed", "-1", "0"),
    ],
)
def test_set_refuses_what_it_does_not_know(place: Place, name: str, value: str, says: str) -> None:
    assert place.user_file is not None
    with pytest.raises(UsageError, match=says.replace("?", r"\?")):
        store(place.user_file, name, value)
    assert not place.user_file.exists()


def test_unset_leaves_the_rest(place: Place) -> None:
    path = user_file(place, "# mine\nseed = 1  # lucky\n\n# cool\ntemperature = 0.5\n")
    assert remove(path, "seed")
    assert path.read_text(encoding="utf-8") == "# mine\n\n# cool\ntemperature = 0.5\n"
    assert not remove(path, "seed")
    assert not remove(path.with_name("none.toml"), "seed")
    with pytest.raises(UsageError, match=r"did you mean seed\?"):
        remove(path, "sede")
    assert resolve({}, place).settings.seed is None


def test_set_leaves_a_damaged_file_alone(place: Place) -> None:
    path = user_file(place, "seed = \n")
    with pytest.raises(ConfigError, match=r"config\.toml:1"):
        store(path, "seed", "1")
    with pytest.raises(ConfigError, match=r"config\.toml:1"):
        remove(path, "seed")
    assert path.read_text(encoding="utf-8") == "seed = \n"


def test_set_where_nothing_can_be_written(place: Place, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(QwqError, match=r"can't write .*nothing was changed"):
        store(tmp_path / "file" / "config.toml", "seed", "1")
    assert place.environ == {}


# -------------------------------------------------------------------------------- the rest


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"TERM": "xterm"}, Terminal(styled=True, erases=True)),
        ({"TERM": "xterm", "NO_COLOR": ""}, Terminal(styled=True, erases=True)),
        ({"TERM": "xterm", "NO_COLOR": "1"}, Terminal(styled=False, erases=True)),
        ({"TERM": "dumb"}, Terminal(styled=False, erases=False)),
        ({}, Terminal(styled=False, erases=False)),
    ],
)
def test_terminals(environ: dict[str, str], expected: Terminal) -> None:
    assert terminal(environ) == expected


@pytest.mark.parametrize(
    ("name", "known"), [("temprature", "temperature"), ("max-token", "max_tokens"), ("qqq", None)]
)
def test_nearest(name: str, known: str | None) -> None:
    assert nearest(name) == known


@given(
    st.text() | st.integers() | st.floats() | st.booleans() | st.none() | st.lists(st.integers())
)
def test_a_checked_value_stays_what_it_is(value: object) -> None:
    """Whatever passes the check passes it again unchanged, also as text."""
    for key in KEYS.values():
        with suppress(ValueError):
            checked = key.checked(value)
            assert key.checked(checked) == checked == key.checked(str(checked))


@pytest.mark.parametrize(
    ("written", "meant"),
    [("true", "on"), ("false", "off"), ('"off"', "off"), ('"on"', "on"), ('"No"', "off")],
)
def test_a_switch_may_be_a_boolean(place: Place, written: str, meant: str) -> None:
    user_file(place, f"history = {written}\n")
    assert resolve({}, place).settings.history == meant
    assert resolve({}, with_environment(place, QWQ_HISTORY="1")).settings.history == "on"


def test_a_switch_is_nothing_else(place: Place) -> None:
    user_file(place, 'history = "perhaps"\n')
    with pytest.raises(ConfigError, match="history must be one of on, off"):
        resolve({}, place)

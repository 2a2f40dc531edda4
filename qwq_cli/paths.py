"""Where qwq's own files lie, by the XDG rules. Knows no file's contents, and creates nothing."""

from pathlib import Path

from platformdirs import PlatformDirs


def user_config_file() -> Path | None:
    """`config.toml` of this user; None where there is no home to hold it."""
    path = PlatformDirs("qwq", appauthor=False).user_config_path / "config.toml"
    return path if path.is_absolute() else None  # an unexpanded `~`: nobody knows a home


def models_folder() -> Path | None:
    """Where models that were pulled lie; None where there is no home to hold them."""
    path = PlatformDirs("qwq", appauthor=False).user_data_path / "models"
    return path if path.is_absolute() else None


def history_file() -> Path | None:
    """The history of this user; None where there is no home to hold it."""
    path = PlatformDirs("qwq", appauthor=False).user_data_path / "history.db"
    return path if path.is_absolute() else None


def typed_file() -> Path | None:
    """What this user typed in conversations; None where there is no home to hold it."""
    path = PlatformDirs("qwq", appauthor=False).user_state_path / "typed.jsonl"
    return path if path.is_absolute() else None


def warm_folder() -> Path | None:
    """Where the sockets and logs of models that stay loaded are; None where there is no home."""
    path = PlatformDirs("qwq", appauthor=False).user_state_path / "warm"
    return path if path.is_absolute() else None


def home() -> Path | None:
    """The home directory, None where there is none."""
    try:
        return Path.home()
    except RuntimeError:
        return None

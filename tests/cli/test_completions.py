"""Completion in the shells themselves, over the whole tree; the scripts put in their places."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from shlex import quote

import pytest

from qwq_cli.cli.completions import script
from qwq_cli.cli.scripts.places import SHELLS, ShellName
from qwq_cli.cli.tree import command_tree
from qwq_cli.errors import NoAnswerError
from tests.cli.conftest import Qwq

COMMANDS = list(command_tree().walk())
BREAKS = " \t\n\"'@><=;|&(:"
DRIVER = r"""
answer() {
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    _qwq "$1"
    local reply
    for reply in "${COMPREPLY[@]}"; do printf '%s\x1f' "$reply"; done
    printf '\n'
}
"""
REAL = f'qwq() {{ {quote(sys.executable)} -m qwq_cli "$@"; }}\n'
ABSENT = "qwq() { printf asked >>asked; }\n"
MANY = "qwq() { printf '%s\\n' 'a:b:1\tone' 'a:b:2' '$(touch pwned)' '`touch pwned`'; }\n"


def needs(shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")


def run(*command: str, folder: Path, stdin: str = "") -> str:
    done = subprocess.run(
        command,
        input=stdin,
        cwd=folder,
        env={"PATH": "/usr/bin:/bin:/usr/local/bin", "HOME": str(folder), "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    assert not done.stderr
    return done.stdout


def bash(*lines: str, folder: Path, program: str = ABSENT, breaks: str = BREAKS) -> list[list[str]]:
    """What bash offers after each line; each is given as the words that readline makes of it."""
    code = f"{script('bash')}\n{DRIVER}{program}COMP_WORDBREAKS={quote(breaks)}\n"
    code += "".join(f"answer {line}\n" for line in lines)
    answers = run("bash", "--norc", "-u", folder=folder, stdin=code).splitlines()
    return [answer.split("\x1f")[:-1] for answer in answers]


def fish(*lines: str, folder: Path) -> list[list[str]]:
    """What fish offers after each line."""
    code = f"{script('fish')}\nfunction qwq; echo asked >>asked; end\n"
    code += "".join(f"complete -C {quote(line)}; echo =\n" for line in lines)
    parts = run("fish", "--no-config", folder=folder, stdin=code).split("=\n")[:-1]
    return [[line.partition("\t")[0] for line in part.splitlines()] for part in parts]


@pytest.mark.parametrize("shell", SHELLS)
def test_the_shell_can_read_its_script(shell: ShellName, tmp_path: Path) -> None:
    needs(shell)
    assert run(shell, "-n", folder=tmp_path, stdin=script(shell)) == ""


def test_bash_knows_every_command_and_option(tmp_path: Path) -> None:
    groups = [command for command in COMMANDS if command.commands]
    answers = bash(
        *(f"{command.name} -" for command in COMMANDS),
        *(f"{command.name} ''" for command in groups),
        folder=tmp_path,
    )
    options = [[name for each in command.options for name in each.names] for command in COMMANDS]
    assert answers[: len(COMMANDS)] == options
    names = [[each.path[-1] for each in command.commands] for command in groups]
    assert answers[len(COMMANDS) :] == names
    assert not (tmp_path / "asked").exists()


def test_bash_knows_every_choice(tmp_path: Path) -> None:
    cases = [
        (f"{command.name} {name}", list(option.value.words))
        for command in COMMANDS
        for option in command.options
        for name in option.names
        if option.value.words
    ]
    assert len(cases) > 5
    joint = [(f"{start} =", words) for start, words in cases if " --" in start]
    cases = [(f"{start} ''", words) for start, words in cases] + joint
    assert bash(*(line for line, _ in cases), folder=tmp_path) == [words for _, words in cases]
    assert not (tmp_path / "asked").exists()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("qwq a", ["ask"]),
        ("qwq ask --reasoning f", ["fold"]),
        ("qwq ask --reasoning = f", ["fold"]),
        ("qwq ask --reasoning = fold ''", []),
        ("qwq ask --seed 5 --loops o", ["off"]),
        ("qwq ask --seed trim --lo", ["--loop-sensitivity", "--loops"]),
        ("qwq ask hello --lo", ["--loop-sensitivity", "--loops"]),
        ("qwq ask -- --lo", []),
        ("qwq ask what ''", []),
        ("qwq ask -q --final --example ''", ["cards"]),
        ("qwq ask --final = ''", []),
        ("qwq ask -qf ''", ["a b.txt", "clues.txt", "m.gguf", "sub"]),
        ("qwq ask --file c", ["clues.txt"]),
        ("qwq ask --file = c", ["clues.txt"]),
        ("qwq ask -f clues.txt --file a", ["a b.txt"]),
        ("qwq ask -fclues.txt --example ''", ["cards"]),
        ("qwq trim sub/", ["sub/x.txt"]),
        ("qwq trim clues.txt ''", []),
        ("qwq puzzle check c", ["clues.txt"]),
        ("qwq puzzle check clues.txt ''", []),
        ("qwq model add s", ["sub"]),
        ("qwq config set loop", ["loops", "loop_sensitivity"]),
        ("qwq nonsense ''", []),
    ],
)
def test_bash_offers_what_can_stand_there(line: str, offered: list[str], tmp_path: Path) -> None:
    for name in ("clues.txt", "a b.txt", "m.gguf"):
        (tmp_path / name).touch()
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "x.txt").touch()
    (answer,) = bash(line, folder=tmp_path)
    assert sorted(answer) == sorted(offered)
    assert not (tmp_path / "asked").exists()


def test_bash_asks_qwq_for_models(tmp_path: Path) -> None:
    (tmp_path / "quiet.txt").touch()
    (tmp_path / "quick.gguf").touch()
    (answer,) = bash("qwq ask -m qui", folder=tmp_path, program=REAL)
    assert answer == ["quill", "quick.gguf"]


def test_bash_expands_nothing_that_it_is_told(tmp_path: Path) -> None:
    lines = ("qwq ask -m ''", "qwq ask -m a : b :", "qwq ask --model = a : b : 2")
    every, joined, last = bash(*lines, folder=tmp_path, program=MANY)
    assert every == ["a:b:1", "a:b:2", "$(touch pwned)", "`touch pwned`"]
    assert (joined, last) == (["1", "2"], ["2"])
    assert not (tmp_path / "pwned").exists()


def test_bash_without_its_usual_word_breaks(tmp_path: Path) -> None:
    lines = ("qwq ask --reasoning=f", "qwq ask --model=a:b:2")
    first, second = bash(*lines, folder=tmp_path, program=MANY, breaks=" \t\n")
    assert (first, second) == (["--reasoning=fold"], ["--model=a:b:2"])


def test_fish_knows_every_command_option_and_choice(tmp_path: Path) -> None:
    needs("fish")
    groups = [command for command in COMMANDS if command.commands]
    chosen = [
        (f"{command.name} {option.names[-1]} ", set(option.value.words))
        for command in COMMANDS
        for option in command.options
        if option.value.words
    ]
    answers = fish(
        *(f"{command.name} -" for command in COMMANDS),
        *(f"{command.name} " for command in groups),
        *(start for start, _ in chosen),
        folder=tmp_path,
    )
    expected = [{name for each in command.options for name in each.names} for command in COMMANDS]
    expected += [{each.path[-1] for each in command.commands} for command in groups]
    expected += [words for _, words in chosen]
    assert [set(answer) for answer in answers] == expected
    assert not (tmp_path / "asked").exists()


def test_fish_offers_files_where_they_can_stand(tmp_path: Path) -> None:
    needs("fish")
    (tmp_path / "clues.txt").touch()
    (tmp_path / "clues.gguf").touch()
    lines = ("qwq trim c", "qwq ask -f c", "qwq ask -m c", "qwq ask c", "qwq puzzle check c c")
    every = ["clues.gguf", "clues.txt"]
    assert fish(*lines, folder=tmp_path) == [every, every, ["clues.gguf"], [], []]


def test_zsh_hands_every_command_to_its_own_machinery(tmp_path: Path) -> None:
    """With `_arguments` in its place one that tells what it was handed."""
    needs("zsh")
    leaves = [command for command in COMMANDS if not command.commands]
    code = "compdef() { }\n_arguments() { print -rl -- $@; print = }\n" + script("zsh")
    code += "".join(f"_qwq_at_{'_'.join(command.path)}\n" for command in leaves)
    parts = run("zsh", "-f", folder=tmp_path, stdin=code).split("=\n")[:-1]
    assert len(parts) == len(leaves)
    for command, part in zip(leaves, parts, strict=True):
        specs = part.splitlines()[3:]
        names = [name for option in command.options for name in option.names]
        assert len(specs) == len(names) + len(command.arguments)
        assert all(name in spec for name, spec in zip(names, specs, strict=False))


# --------------------------------------------------------------------------------- in their places

TARGETS = {
    "bash": ".local/share/bash-completion/completions/qwq",
    "zsh": ".local/share/zsh/site-functions/_qwq",
    "fish": ".config/fish/completions/qwq.fish",
}


@pytest.mark.parametrize("shell", SHELLS)
def test_it_is_installed_found_and_removed(shell: ShellName, qwq: Qwq) -> None:
    file = qwq.home / TARGETS[shell]
    env = {"SHELL": f"/usr/local/bin/{shell}"}
    done = qwq("completions", "install", env=env)
    assert (done.code, done.out) == (0, "")
    assert f"wrote {file}\n" in done.err
    assert "next: " in done.err
    assert file.read_text("utf-8") == script(shell)
    assert [entry.name for entry in file.parent.iterdir()] == [file.name]
    assert f"up to date: {file}" in qwq("completions", "install", shell).err
    assert f"removed {file}" in qwq("completions", "install", "--uninstall", env=env).err
    assert not file.exists()
    assert qwq("completions", "install", shell, "--uninstall").code == 0


def test_it_can_be_printed_and_writes_nothing_then(qwq: Qwq) -> None:
    assert qwq("completions", "install", "fish", "--print").out == script("fish")
    assert not list(qwq.home.iterdir())
    done = qwq("completions", "install", "fish", "--print", "--uninstall")
    done.failed(2, "exclude each other")


def test_the_folders_of_xdg_and_the_shells_own_are_honoured(qwq: Qwq) -> None:
    data, config = qwq.home / "data", qwq.home / "config"
    env = {"XDG_DATA_HOME": str(data), "XDG_CONFIG_HOME": str(config)}
    for shell in SHELLS:
        assert qwq("completions", "install", shell, env=env).code == 0
    assert (data / "bash-completion/completions/qwq").is_file()
    assert (data / "zsh/site-functions/_qwq").is_file()
    assert (config / "fish/completions/qwq.fish").is_file()
    own = {"BASH_COMPLETION_USER_DIR": str(qwq.home / "own")}
    assert qwq("completions", "install", "bash", env=own).code == 0
    assert (qwq.home / "own/completions/qwq").is_file()


def test_zsh_is_told_of_the_folder_once(qwq: Qwq) -> None:
    done = qwq("completions", "install", "zsh")
    (line,) = [line for line in done.err.splitlines() if "fpath=" in line]
    (qwq.home / ".zshrc").write_text(line.partition(": ")[2].rpartition(": ")[2] + "\n", "utf-8")
    assert "fpath=" not in qwq("completions", "install", "zsh").err


def test_what_is_not_qwqs_stays(qwq: Qwq) -> None:
    file = qwq.home / TARGETS["bash"]
    file.parent.mkdir(parents=True)
    file.write_text("# my own\n", "utf-8")
    for more in ([], ["--uninstall"]):
        qwq("completions", "install", "bash", *more).failed(1, "is not from qwq", "--print")
    assert file.read_text("utf-8") == "# my own\n"


def test_a_link_stays_a_link(qwq: Qwq) -> None:
    file, kept = qwq.home / TARGETS["fish"], qwq.home / "dotfiles.fish"
    kept.write_text(script("fish").replace("ask", "ask-before"), "utf-8")
    file.parent.mkdir(parents=True)
    file.symlink_to(kept)
    assert qwq("completions", "install", "fish").code == 0
    assert file.is_symlink()
    assert kept.read_text("utf-8") == script("fish")


def test_faults_are_one_line(qwq: Qwq) -> None:
    install = ("completions", "install")
    qwq(*install).failed(2, "SHELL is not set", "bash, zsh or fish")
    qwq(*install, env={"SHELL": "/bin/tcsh"}).failed(2, "tcsh")
    qwq(*install, "tcsh").failed(2)
    (qwq.home / ".config").touch()
    qwq(*install, "fish").failed(1, ".config/fish")


def test_what_the_scripts_ask_for(qwq: Qwq) -> None:
    (model,) = qwq("complete", "models").out.splitlines()
    assert model.startswith("quill\t")
    assert qwq("complete", "history").out == ""
    assert qwq("ask", "--example", "cards", "-q", "--max-tokens", "5").code == NoAnswerError.code
    (conversation,) = qwq("complete", "history").out.splitlines()
    name, _, title = conversation.partition("\t")
    assert re.fullmatch(r"[0-9a-z]+", name)
    assert title
    assert "  complete " not in qwq("--help").out

"""How all tests run. Knows no test."""

import os
import signal

import hypothesis
import pytest

# On a busy machine any example may take long; how long a test may take is no property of it.
hypothesis.settings.register_profile("qwq", deadline=None)
hypothesis.settings.load_profile("qwq")

# Whoever runs this may not hear a hang-up (nohup), and what is started here would not either.
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
# Nor a Ctrl-C, in the background of a shell without job control.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """The whole suite runs on all cores. A part of it does not, since starting workers takes as
    long; nor does what somebody wants to look into, and `-n` goes before all this.
    """
    # A worker calls this, too, with no `-n` of its own, and must not start workers in its turn.
    if hasattr(config, "workerinput") or "PYTEST_XDIST_WORKER" in os.environ:
        return
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    option = config.option
    watched = option.usepdb or option.capture == "no" or option.collectonly
    if not whole or watched or getattr(option, "numprocesses", 0) is not None:
        return
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    if cores and cores > 1:
        option.numprocesses, option.dist = cores, "worksteal"


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-snapshots` writes what screens look like, for `git diff` to show."""
    parser.addoption("--update-snapshots", action="store_true", help="write tests/ui/snapshots")

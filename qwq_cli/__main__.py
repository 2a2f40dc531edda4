"""Where qwq starts. Knows the quickest way to `--version`; all else is for `cli.main`."""

import os
import sys


def main() -> int:
    """Run qwq on the command line's arguments; returns the exit code."""
    try:
        if sys.argv[1:] == ["--version"] and sys.stdout is not None:
            from qwq_cli import __version__

            try:
                os.write(sys.stdout.fileno(), f"qwq {__version__}\n".encode())
            except OSError:  # said properly by the long way
                pass
            else:
                return 0
        from qwq_cli.cli.main import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:  # before anything could listen for it
        return 130


if __name__ == "__main__":
    raise SystemExit(main())

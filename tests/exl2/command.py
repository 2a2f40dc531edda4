"""qwq itself, with the real ExLlamaV2 on the processor: `python -m tests.exl2.command ask ...`."""

import contextlib
import io
import sys
import warnings

from qwq_cli.cli.main import run
from qwq_cli.engines.exllama import machine
from qwq_cli.ui import loading
from tests.exl2 import forward, standin
from tests.exl2.conftest import GOOD


def main() -> None:
    """Patch the library as the tests do, then be qwq; how far it is, is shown at once."""
    standin.install()
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import exllamav2
    exllamav2.attn.has_flash_attn = exllamav2.attn.has_flash_attn_with_paged = True
    for name, method in forward.patch(exllamav2, []).items():
        setattr(exllamav2.ExLlamaV2, name, method)
    machine.look = lambda: GOOD
    loading._SOON_S = 0
    raise SystemExit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()

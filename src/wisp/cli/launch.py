"""The first code of every call: decides how little has to be imported."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn


def launch(argv: Sequence[str]) -> NoReturn:
    """Run one command line and end the process."""
    from wisp.cli.main import main

    main(argv)

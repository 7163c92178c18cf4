"""`python -m tools.docs`: write the parts of the documentation that the program itself gives.

Without words, the references of commands and modules; with names of pages, what their sessions
print.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from tools.docs import commands, modules, pages
from tools.forge.build import DEFAULT_CACHE, build


def main() -> None:
    """Write what is asked for."""
    parser = argparse.ArgumentParser(prog="docs", description=__doc__, allow_abbrev=False)
    parser.add_argument("pages", nargs="*", help=f"any of {', '.join(pages.PLAYED)}")
    names = parser.parse_args().pages
    if not names:
        commands.PAGE.write_text(commands.render(), encoding="utf-8")
        modules.PAGE.write_text(modules.render(), encoding="utf-8")
    for name in names:
        _record(name)


def _record(name: str) -> None:
    path = pages.DOCS / name
    forge = build(Path(os.environ.get("FORGE_CACHE", DEFAULT_CACHE)))
    scratch = tempfile.TemporaryDirectory(prefix="wisp-docs-")
    with scratch, pages.stage(forge, Path(scratch.name)) as stage:
        text = pages.recorded(path.read_text(encoding="utf-8"), stage)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

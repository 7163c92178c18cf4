"""`python -m tools.forge`: build the channels and say where they are."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from tools.forge.build import DEFAULT_CACHE, build
from tools.forge.layouts import ForgeError


def main() -> int:
    """Build, print, and give the exit code."""
    parser = argparse.ArgumentParser(prog="forge", description=__doc__, allow_abbrev=False)
    default = Path(os.environ.get("FORGE_CACHE", DEFAULT_CACHE))
    parser.add_argument("--cache", type=Path, default=default, help="folder of the results")
    options = parser.parse_args()
    start = time.monotonic()
    try:
        forge = build(options.cache.resolve())
    except ForgeError as error:
        print(f"forge: {error}", file=sys.stderr)
        return 1
    print(f"main    {forge.main.as_uri()}")
    print(f"second  {forge.second.as_uri()}")
    print(f"python {forge.python} on {forge.subdir}, {time.monotonic() - start:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())

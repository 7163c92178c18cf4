"""A process that installs every package of a channel; tests start it and kill it.

python -m tests.unit.install.worker CHANNEL PREFIX CACHE
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.tiny import all_of, install, settings
from wisp.engine.gateway import ChannelAccess
from wisp.errors import WispError


def main() -> int:
    channel, prefix, cache = map(Path, sys.argv[1:])
    access = ChannelAccess(settings(cache))
    try:
        install(prefix, all_of(channel, access), access)
    except WispError as error:
        print(error.message, *error.causes, *error.hints, sep="\n", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    os._exit(code)

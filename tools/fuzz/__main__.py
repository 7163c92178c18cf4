"""`python -m tools.fuzz TARGET [-max_total_time=60]`: fuzz one target until something is found.

What is found is kept in `.cache/fuzz/TARGET`, beside the inputs that reached new code.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris  # type: ignore[import-not-found,import-untyped,unused-ignore]

with atheris.instrument_imports(include=["wisp"]):
    from tools.fuzz.targets import TARGETS
    from wisp.errors import WispError


def main() -> None:
    """Hand the target to the fuzzer, which ends the process."""
    name, options = sys.argv[1], sys.argv[2:]
    target, seed = TARGETS[name]
    corpus = Path(".cache", "fuzz", name)
    corpus.mkdir(parents=True, exist_ok=True)
    (corpus / "seed").write_text(seed, encoding="utf-8")

    def once(data: bytes) -> None:
        try:
            target(data)
        except WispError:
            return

    found = f"-artifact_prefix={corpus}-"
    atheris.Setup([name, *options, found, "-max_len=4096", str(corpus)], once)
    atheris.Fuzz()


main()

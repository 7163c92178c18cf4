"""Every task of a corpus of workspaces, run dry with its defaults.

    python tools/golden/dry_runs.py CORPUS [--show N]

CORPUS has a folder per workspace with its `origin.json`. A task counts when its graph is built and
shown, or when it is refused for a reason that lies in the workspace or in this machine. What each
refusal was is printed first, the figure last.
"""

from __future__ import annotations

import argparse
import json
import shlex
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from wisp.api.lock_usage import LockUsage
from wisp.api.use.catalogue import catalogue_of
from wisp.api.use.run_options import RunOptions
from wisp.api.use.running import run_words
from wisp.api.workspace import Workspace
from wisp.compat import ENV_COMPAT, RECORDED
from wisp.errors import WispError

#: Reasons to refuse a task that are no fault of ours, by a part of the message.
REASONS = {
    "no value provided for argument": "an argument is required",
    "received more arguments than expected": "it gives a dependency too many arguments",
    "is ambiguous": "several environments have it",
    "is not available": "no environment for this machine has it",
    "could not find the task": "it depends on a task that is nowhere",
    "failed to replace argument placeholders": "its template has no value here",
}
_AS_IS = LockUsage(frozen=True, no_install=True)


def main() -> int:
    """Print refusals by reason and the figure; the exit code is 1 unless every task counts."""
    parser = argparse.ArgumentParser(prog="dry_runs", description=__doc__, allow_abbrev=False)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--show", type=int, default=20, help="how many failures to print")
    options = parser.parse_args()
    answers: Counter[str] = Counter()
    failures: list[str] = []
    with tempfile.TemporaryDirectory() as home:
        for origin in sorted(options.corpus.glob("*/origin.json")):
            for task, answer in dry_runs(origin, home):
                reason = next((why for words, why in REASONS.items() if words in answer), answer)
                if reason in ("", *REASONS.values()):
                    answers[reason] += 1
                else:
                    failures.append(f"{origin.parent.name} {task}: {answer}")
    for failure in failures[: options.show]:
        print(f"--- {failure}")
    for reason, count in answers.most_common():
        print(f"{count:6}  {reason or 'shown'}")
    counted = answers.total()
    print(f"{counted}/{counted + len(failures)} tasks are shown or refused for a known reason")
    return int(bool(failures))


def dry_runs(origin: Path, home: str) -> Iterator[tuple[str, str]]:
    """Run each task of a workspace dry: its name, and why it was refused (empty: it was not)."""
    about = json.loads(origin.read_text(encoding="utf-8"))
    manifest = Path(about.get("manifest") or about["path"]).name
    try:
        workspace = Workspace.open(
            origin.parent / about.get("workspace", ".") / manifest,
            cwd=origin.parent,
            environ={
                "HOME": home,
                "PATH": "/usr/bin:/bin",
                "LANG": "C.UTF-8",
                ENV_COMPAT: RECORDED,
            },
        )
    except WispError:
        return  # whether a manifest can be read is what `workspaces` and `manifests` ask
    environments = catalogue_of(workspace.opened).environments.values()
    for name in sorted({name for environment in environments for name in environment.tasks}):
        yield name, _dry_run(workspace, name)


def _dry_run(workspace: Workspace, name: str) -> str:
    said: list[str] = []
    options = RunOptions(
        program="pixi", cwd=workspace.root, usage=_AS_IS, dry=True, say=said.append
    )
    try:
        code = run_words(workspace.opened, [shlex.quote(name)], options)
    except WispError as error:
        return error.message
    if code != 0 or not said[0].startswith("🌵"):
        return f"it ended with {code} and said {said}"
    return ""


if __name__ == "__main__":
    sys.exit(main())

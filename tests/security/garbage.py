"""Files of no form at all, pipes, folders and loops in every place that wisp reads by itself."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from wisp.api.session import Session
from wisp.api.workspace import Workspace

if TYPE_CHECKING:
    from tests.security.hostile import Ground

MANIFEST = """\
[workspace]
name = "w"
channels = []
platforms = ["linux-64"]
[activation]
scripts = ["a.sh"]
[tasks]
t = { cmd = "true", inputs = ["*.txt"] }
"""
#: Contents, by what is wrong with them.
TEXTS: Mapping[str, bytes] = {
    "noise": bytes(range(256)) * 8,
    "nothing": b"",
    "a byte order mark": b"\xef\xbb\xbf",
    "UTF-16": 'a = "b"\n'.encode("utf-16"),
    "no UTF-8": b'a = "\xff\xfe"\nb: \xff\n',
    "NUL": b'a = "\x00"\n{"a": "\x00"}',
    "line breaks": b"\r\n\r\r\n\x0b\x0c\xc2\x85",
    "deep lists": b"[" * 60_000,
    "deep tables": b'{"a":' * 60_000,
    "a deep value": b"a = " + b"[" * 60_000,
    "a deep mapping": b"".join(b" " * i + b"a:\n" for i in range(2_000)),
    "a long number": b"9" * 6_000,
    "a long number of a key": b"a = " + b"9" * 6_000,
    "null": b"null",
    "a number": b"1",
    "a text": b'"x"',
    "a list": b"[1, [2], {}, null]",
    "tables of nothing": b'{"a": {"b": [null]}, "paths_data": 1, "files": {}, "env": []}',
    "no numbers": b"[NaN, Infinity, -Infinity]",
    "half a pair": b'{"name": "\\ud800", "version": "\\udfff", "files": ["\\ud800"]}',
    "an alias of itself": b"a: &a [*a]\n",
    "marks of a merge": b"<<<<<<< a\n=======\n>>>>>>> b\n",
}
NOTES = ".pixi/envs/default/conda-meta"
#: What is read below a workspace, and in a home.
PLACES = (
    *("pixi.lock", "pixi.toml", ".pixi/config.toml", "a.sh", ".pixi/task-cache-v0"),
    *(f"{NOTES}/{name}" for name in ("pixi", "history", "state", "a-1-0.json")),
    f"{NOTES}/.pixi-environment-fingerprint",
    ".pixi/envs/default/etc/conda/env_vars.d/a.json",
    ".pixi/envs/default/lib/python3.12/site-packages/a-1.dist-info/direct_url.json",
    ".pixi/envs/default/lib/python3.12/site-packages/a-1.dist-info/RECORD",
    ".pixi/envs/default/lib/python3.12/site-packages/a-1.dist-info/METADATA",
)
HOMES = (
    *(".pixi/config.toml", ".pixi/manifests/pixi-global.toml", ".pixi/workspaces.toml"),
    *(".rattler/credentials.json", ".netrc", ".pixi/wisp-consents"),
)


def garbage(rng: random.Random, ground: Ground) -> None:
    """Something odd where a file of ours or the user's is expected, and a command that reads it."""
    (ground.workspace / "pixi.toml").write_text(MANIFEST)
    (ground.workspace / "a.sh").write_text("export A=b\n")
    at_home = rng.random() < 0.3
    below = Path(ground.environ["HOME"]) if at_home else ground.workspace
    _plant(rng, below / rng.choice(HOMES if at_home else PLACES))
    rng.choice(_of_home if at_home else _of_workspace)(ground)


def _plant(rng: random.Random, place: Path) -> None:
    place.unlink(missing_ok=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    kinds: list[Callable[[], object]] = [
        lambda: os.mkfifo(place),
        lambda: place.mkdir(),
        lambda: place.symlink_to(place.name),
        lambda: place.symlink_to("nowhere/at/all"),
        lambda: _huge(place),
    ]
    if rng.random() < 0.25:
        rng.choice(kinds)()
    else:
        place.write_bytes(rng.choice(list(TEXTS.values())))


def _huge(place: Path) -> None:
    with place.open("wb") as file:
        file.truncate(8 << 30)


def _session(ground: Ground) -> Session:
    return Session.open(environ=ground.environ)


def _opened(ground: Ground) -> Workspace:
    return Workspace.open(ground.workspace, environ=ground.environ, cwd=ground.workspace)


_of_workspace: list[Callable[[Ground], object]] = [
    lambda ground: _opened(ground).lock(),
    lambda ground: _opened(ground).install(),
    lambda ground: _opened(ground).show.tasks(),
    lambda ground: _opened(ground).show.packages(),
    lambda ground: _opened(ground).show.tree(),
    lambda ground: _opened(ground).show.info(),
    lambda ground: _opened(ground).activation(),
    lambda ground: _session(ground).trust_subjects(ground.workspace),
]
_of_home: list[Callable[[Ground], object]] = [
    lambda ground: _opened(ground).install(),
    lambda ground: _session(ground).tools(),
    lambda ground: _session(ground).registered(),
    lambda ground: _session(ground).logins(),
    lambda ground: _session(ground).info(),
    lambda ground: _session(ground).trust(ground.workspace),
]

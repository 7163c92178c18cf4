"""Hostile locks, manifests, packages, records, wheels and links, by the thousand, from a seed.

Everything happens on a `Ground`: a workspace deep in a temporary folder, with canaries on every
level. What a case says to lead elsewhere leads to one of those, never out of the ground.
"""

from __future__ import annotations

import contextlib
import copy
import json
import os
import random
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.security.garbage import garbage
from tests.tiny import install, settings
from tests.trees import content
from tools.forge.archive import Entry, Package, text
from wisp.api.session import Session
from wisp.api.workspace import Workspace
from wisp.config.levels import read_config
from wisp.config.model import ConfigRequest
from wisp.engine.gateway import ChannelAccess
from wisp.engine.safe.root import Root
from wisp.engine.wheel_removal import remove_wheel
from wisp.engine.wheels import installed_wheels, sweep_wheel_drafts
from wisp.lock.read import read
from wisp.manifest.read import load_text
from wisp.specs.records import CondaRecord
from wisp.specs.task import Task

LEVELS = "1/2/3/4/5/6/7/8"
SITE = "lib/python3.12/site-packages"
DIGEST = "0" * 64
MANIFEST: dict[str, Any] = {
    "workspace": {"name": "w", "channels": ["x"], "platforms": ["linux-64"], "version": "1.0"},
    "dependencies": {"a": ">=1", "b": {"version": "*", "channel": "x", "build": "0"}},
    "pypi-dependencies": {"c": "*", "d": {"url": "https://x/d.whl"}, "e": {"path": "./e"}},
    "tasks": {"t": "echo", "u": {"cmd": "echo", "cwd": ".", "inputs": ["*"], "env": {"A": "b"}}},
    "activation": {"scripts": ["a.sh"], "env": {"A": "b"}},
    "feature": {"f": {"dependencies": {"g": "*"}, "platforms": ["linux-64"]}},
    "environments": {"f": {"features": ["f"], "solve-group": "s"}},
}
LOCK: dict[str, Any] = {
    "version": 7,
    "platforms": [{"name": "linux-64"}],
    "environments": {
        "default": {
            "channels": [{"url": "https://x/main/"}],
            "indexes": ["https://pypi.org/simple"],
            "packages": {
                "linux-64": [
                    {"conda": "https://x/noarch/a-1-0.conda"},
                    {"pypi": "https://x/b-1-py3-none-any.whl"},
                ]
            },
        }
    },
    "packages": [
        {
            "conda": "https://x/noarch/a-1-0.conda",
            "sha256": DIGEST,
            "depends": ["b"],
            "purls": ["pkg:pypi/a"],
            "python_site_packages_path": SITE,
            "size": 1,
        },
        {"pypi": "https://x/b-1-py3-none-any.whl", "name": "b", "version": "1", "sha256": DIGEST},
    ],
}
CONFIG: dict[str, Any] = {
    "default-channels": ["x"],
    "detached-environments": True,
    "mirrors": {"https://x/": ["https://y/"]},
    "cache": {"root": "/x"},
    "s3-options": {"b": {"endpoint-url": "https://x", "region": "r"}},
}
RECORD: dict[str, Any] = {
    "name": "planted",
    "version": "1.0",
    "build": "0",
    "build_number": 0,
    "subdir": "noarch",
    "fn": "planted-1.0-0.conda",
    "url": "https://x/noarch/planted-1.0-0.conda",
    "channel": "x",
    "files": ["share/a"],
    "paths_data": {"paths_version": 1, "paths": [{"_path": "share/a", "path_type": "hardlink"}]},
    "link": {"source": "/x", "type": 1},
}


@dataclass(frozen=True, slots=True)
class Lying(Entry):
    """A file of a package, of which the list of files says something else."""

    lie: dict[str, Any] = field(default_factory=dict)

    def as_path_json(self) -> dict[str, Any]:
        return Entry.as_path_json(self) | self.lie


class Ground:
    """A workspace deep in a folder, with canaries around it and a program that tells if it ran."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cache = folder.with_name("cache")
        self.access = ChannelAccess(settings(self.cache))
        self.workspace: Path = folder / LEVELS / "w"
        self.prefix = self.workspace / ".pixi" / "envs" / "default"
        self.levels = [folder, *(folder / LEVELS[:end] for end in range(1, len(LEVELS) + 1, 2))]
        for level in self.levels:
            for name in ("canary/secret", "canary/x.json", "canary/deep/.tmpAbCdEf"):
                (level / name).parent.mkdir(parents=True, exist_ok=True)
                (level / name).write_text("mine")
        self.environ: dict[str, str] = {"HOME": str(folder / "home"), "PATH": os.defpath}
        self.environ["PIXI_CACHE_DIR"] = str(self.cache)
        self.program = f"#!/bin/sh\ntouch '{folder}/canary/ran'\n"
        self.clear()
        self.before = self.picture()

    def clear(self) -> None:
        """Make the workspace anew."""
        shutil.rmtree(self.folder / "home", ignore_errors=True)
        shutil.rmtree(self.workspace, ignore_errors=True)
        self.workspace.mkdir(parents=True)

    def picture(self) -> dict[str, tuple[str, bytes]]:
        """Everything around the workspace."""
        found = {}
        for level in self.levels:
            for name, row in content(level / "canary").items():
                found[f"{level}/canary/{name}"] = row
            for path in level.iterdir():
                if path.name != "home":
                    found[str(path)] = ("", b"")
        return found

    def elsewhere(self, rng: random.Random) -> str:
        """A path that leads to a canary, or to where one would be made."""
        target = rng.choice(["canary", "canary/secret", "canary/new", "canary/deep/new", "new"])
        if rng.random() < 0.3:
            return str(rng.choice(self.levels) / target)
        return "../" * rng.randrange(1, 11) + target

    def word(self, rng: random.Random) -> Any:
        """A value that nobody expects."""
        path = self.elsewhere(rng)
        return rng.choice(
            [
                path,
                f"sub/{path}",
                f"a\n-r {path}",
                f"file://{path}",
                f"$(touch {self.folder}/canary/ran)",
                f"x;touch {self.folder}/canary/ran",
                path.replace("/", "\\"),
                path.replace("/", "%2f"),
                f"C:{path}",
                "\x1b]52;c;eA\x07",
                "a\x00b",
                "\udc80",
                "--config-file",
                "",
                ".",
                "..",
                "//",
                "a" * 5000,
                "ä\u202e\u2066",
                None,
                True,
                -1,
                2**70,
                1e999,
                [],
                [[[[[path]]]]],
                {},
                {"path": path},
                [path, path],
            ]
        )


def mutated(rng: random.Random, ground: Ground, data: Any) -> Any:
    """A copy of plain data with one to three spots that are hostile."""
    made = copy.deepcopy(data)
    for _ in range(rng.randrange(1, 4)):
        spot, parent = made, None
        while isinstance(spot, (dict, list)) and spot and (parent is None or rng.random() < 0.8):
            parent = spot
            key = rng.choice(list(spot) if isinstance(spot, dict) else range(len(spot)))
            spot = spot[key]
        if parent is None:
            break
        word = ground.word(rng)
        if isinstance(parent, dict) and rng.random() < 0.2:
            parent[str(word)] = parent.pop(key)
        elif rng.random() < 0.1:
            del parent[key]
        else:
            parent[key] = word
    return made


def _toml(value: Any) -> str:
    """Write plain data as one line of TOML."""
    if isinstance(value, dict):
        pairs = (f"{json.dumps(str(key))} = {_toml(inner)}" for key, inner in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return "[]" if value is None else json.dumps(value).replace("Infinity", "inf")


def _document(tables: Mapping[str, Any]) -> str:
    return "".join(f"{json.dumps(key)} = {_toml(value)}\n" for key, value in tables.items())


def _broken(rng: random.Random, text: str) -> str:
    """A text that is sometimes cut, or has something foreign in it."""
    if rng.random() < 0.7:
        return text
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice(["", "\x00", "\x1b", "&a *a", "<<<<<<<\n", "'", '"', "{" * 500])


def lock(rng: random.Random, ground: Ground) -> None:
    """A lock file: JSON is YAML, so that any value can stand anywhere."""
    document = mutated(rng, ground, LOCK)
    rows = (f"{json.dumps(str(key))}: {json.dumps(value)}" for key, value in document.items())
    read(_broken(rng, "\n".join(rows)), "pixi.lock")


def manifest(rng: random.Random, ground: Ground) -> None:
    """A manifest, read, and its places computed."""
    made = _broken(rng, _document(mutated(rng, ground, MANIFEST)))
    path = ground.workspace / "pixi.toml"
    load_text(made, path, "pixi")
    path.write_text(made, encoding="utf-8", errors="surrogateescape")
    opened = Workspace.open(path, environ=ground.environ, cwd=ground.workspace)
    for name in opened.opened.environment_names:
        assert opened.opened.prefix(name).is_relative_to(ground.workspace)


def config(rng: random.Random, ground: Ground) -> None:
    """A configuration of the workspace's own."""
    file = ground.workspace / ".pixi" / "config.toml"
    file.parent.mkdir()
    text = _broken(rng, _document(mutated(rng, ground, CONFIG)))
    file.write_text(text, encoding="utf-8", errors="surrogateescape")
    found = read_config(ConfigRequest(environ=ground.environ, workspace=ground.workspace))
    found.engine_settings(is_remote=lambda _: False)


def _package(rng: random.Random, ground: Ground) -> Package:
    files: list[Entry] = [text("share/good.txt", "good")]
    for number in range(rng.randrange(1, 4)):
        name = f"share/f{number}"
        kind = rng.randrange(5)
        if kind == 0:
            files.append(Entry(name, link=ground.elsewhere(rng)))
            files.append(text(f"{name}/below" if rng.random() < 0.5 else f"{name}x", "evil"))
        elif kind == 1:
            files.append(Lying(name, b"evil", lie={"_path": ground.word(rng)}))
        elif kind == 2:
            files.append(Lying(name, b"evil", lie=mutated(rng, ground, {"path_type": "x", "a": 1})))
        elif kind == 3:
            files.append(text(ground.elsewhere(rng), "evil"))
        else:
            script = rng.choice(["bin/.evil-post-link.sh", "etc/conda/activate.d/a.sh"])
            files.append(text(script, ground.program, executable=True))
    distinct = {entry.path: entry for entry in files}
    return Package(name="evil", version="1.0", noarch="generic", files=tuple(distinct.values()))


def _published(rng: random.Random, ground: Ground, package: Package) -> CondaRecord:
    archive = package.pack(1)
    if rng.random() < 0.1:
        at = rng.randrange(len(archive))
        archive = archive[:at] + bytes([rng.randrange(256)]) + archive[at + 1 :]
    file = ground.cache / "archives" / f"{rng.randrange(1 << 40):x}" / package.filename
    file.parent.mkdir(parents=True)
    file.write_bytes(archive)
    digest = package.record(archive)["sha256"]
    return CondaRecord(
        location=str(file),
        name=package.name,
        version=package.version,
        build=package.build,
        build_number=0,
        subdir="noarch",
        noarch="generic",
        sha256=rng.choice([digest, digest, digest, None, DIGEST]),
    )


def package(rng: random.Random, ground: Ground) -> None:
    """An archive whose files, links and lists lead elsewhere, linked into a prefix."""
    record = _published(rng, ground, _package(rng, ground))
    for _ in range(rng.randrange(1, 3)):
        install(ground.prefix, (record,), ground.access)


def records(rng: random.Random, ground: Ground) -> None:
    """A prefix that came from somebody, with records that list what is not theirs."""
    meta = ground.prefix / "conda-meta"
    meta.mkdir(parents=True)
    made = mutated(rng, ground, RECORD)
    made["files"] = rng.choice([[ground.elsewhere(rng)], made.get("files")])
    (meta / "planted-1.0-0.json").write_text(_broken(rng, json.dumps(made)))
    for name in (".pixi-environment-fingerprint", "pixi", "history", "pixi_env_prefix", "state"):
        if rng.random() < 0.3:
            (meta / name).write_text(str(ground.word(rng)), errors="surrogateescape")
    good = Package(name="good", version="1", noarch="generic", files=(text("share/good", "x"),))
    install(ground.prefix, (_published(rng, ground, good),), ground.access)


def wheels(rng: random.Random, ground: Ground) -> None:
    """Wheels whose RECORD, and whose folders, lead elsewhere: listed, swept, removed."""
    info = ground.prefix / SITE / "alpha-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "INSTALLER").write_text("uv-pixi")
    rows = [str(ground.word(rng)) for _ in range(4)]
    rows += [ground.elsewhere(rng), "alpha-1.0.dist-info/RECORD", "a.py"]
    (info / "RECORD").write_text("".join(f"{row},,\n" for row in rows), errors="surrogateescape")
    (info / "direct_url.json").write_text(json.dumps(ground.word(rng)))
    for place in ("__pycache__", "alpha", "beta-1.0.dist-info"):
        if rng.random() < 0.3:
            (info.parent / place).symlink_to(ground.elsewhere(rng))
    sweep_wheel_drafts(Root(ground.prefix), ground.prefix)
    for wheel in installed_wheels(ground.prefix):
        if not wheel.folder.is_symlink():
            remove_wheel(Root(ground.prefix), wheel, ground.prefix, ())


def links(rng: random.Random, ground: Ground) -> None:
    """Links in the places where commands write."""
    places = [
        "pixi.lock",
        ".pixi",
        ".gitignore",
        ".pixi/.gitignore",
        ".pixi/config.toml",
        ".pixi/envs",
        ".pixi/envs/default",
        ".pixi/envs/default/conda-meta",
        ".pixi/envs/default/conda-meta/history",
        ".pixi/envs/default/conda-meta/pixi",
        ".pixi/envs/default/conda-meta/.pixi-environment-fingerprint",
        ".pixi/envs/default/share",
        ".pixi/envs/default/share/deep/er",
        ".pixi/envs/default/CACHEDIR.TAG",
        ".pixi/task-cache-v0",
        ".pixi/activation-env-v0",
        ".pixi/build",
    ]
    (ground.workspace / "pixi.toml").write_text(
        '[workspace]\nname = "w"\nchannels = []\nplatforms = ["linux-64"]\n[tasks]\nt = "true"\n'
    )
    for place in rng.sample(places, rng.randrange(1, 4)):
        link = ground.workspace / place
        if not link.parent.resolve().is_relative_to(ground.workspace) or os.path.lexists(link):
            continue
        with contextlib.suppress(OSError):  # behind a link that leads nowhere
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(ground.elsewhere(rng))
    _deed(rng, ground)


def _deed(rng: random.Random, ground: Ground) -> None:
    session = Session.open(environ=ground.environ)
    deeds: list[Callable[[Workspace], object]] = [
        lambda opened: opened.lock(),
        lambda opened: opened.install(),
        lambda opened: opened.clean(),
        lambda opened: opened.clean("default"),
        lambda opened: opened.clean(activation_cache=True, build=True),
        lambda opened: opened.edit.tasks.add(Task("u", "true")),
        lambda _: session.configure("offline", "true", level="local", root=ground.workspace),
    ]
    opened = Workspace.open(ground.workspace, environ=ground.environ, cwd=ground.workspace)
    rng.choice(deeds)(opened)


#: What a case is, and how often; packages and links take most of the time.
KINDS: Mapping[Callable[[random.Random, Ground], None], int] = {
    lock: 30,
    manifest: 25,
    config: 10,
    package: 10,
    records: 7,
    wheels: 8,
    links: 10,
    garbage: 8,
}

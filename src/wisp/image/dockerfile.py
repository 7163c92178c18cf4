"""A Dockerfile that does what `image build` does, as far as Docker can. Pure.

One stage has wisp and installs the environment from the lock; the other gets the environment, at
the same path, an entry point that activates it, and the code last, so that a change of code is a
change of one layer.

Sources: Dockerfile reference ("Here-documents" are left alone: the classic builder has none);
`.dockerignore` as in "Build context".
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping

from wisp.errors import UsageError
from wisp.image.code import FOLDERS, IMAGE_LOCK, SECRETS
from wisp.image.entrypoint import ENTRYPOINT
from wisp.image.settings import ImageSettings
from wisp.layout import ENVS_DIR, LOCK_NAME, PIXI_DIR
from wisp.patterns import pattern
from wisp.specs.oci import Reference
from wisp.values import dataclass, field

#: What stages stand on unless somebody says otherwise: small, with glibc and bash, of one Debian.
DEFAULT_BASE = "debian:trixie-slim"
DEFAULT_BUILDER = "python:3.13-slim-trixie"

_CACHE = "/var/cache/wisp"
_HOME = 'if ! [ -w "${HOME:-/}" ]; then export HOME=/tmp; fi'
_COMMAND = 'exec "$@"'


@dataclass(frozen=True, slots=True, kw_only=True)
class DockerRecipe:
    """What a Dockerfile is about.

    `program` is the requirement that installs wisp where the builder lacks it. `sources` are what
    installing needs of the workspace besides manifest and lock, as paths relative to it, `.` for
    all of it. `task` is the text of a script for `sh`, `pretended` what installing shall take for
    true of the machine it happens on. With `run_link_scripts` those of packages run there.
    """

    manifest: str
    environment: str
    program: str
    settings: ImageSettings
    builder: str = DEFAULT_BUILDER
    sources: tuple[str, ...] = ()
    task: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    pretended: Mapping[str, str] = field(default_factory=dict)
    cache_mounts: bool = False
    run_link_scripts: bool = False


#: Names of packages (Debian policy, section 5.6.7).
_DEBIAN_NAME = pattern(r"[a-z0-9][a-z0-9+.-]+")
_PLAIN_KEY = pattern(r"[A-Za-z0-9_./-]+")
_PLAIN_PATH = pattern(r"[A-Za-z0-9_./][A-Za-z0-9_./@+,=:~-]*")
#: What patterns and shells read otherwise than as it is, and what double quotes do not keep.
_OF_PATTERNS = pattern(r"[*?\[\\]")
_OF_SHELLS = pattern(r"[\\$'\"]")
_OF_QUOTES = pattern(r"[\\$\"]")
_LINE_BREAK = pattern(r"[\n\r\0]")


def dockerfile_text(recipe: DockerRecipe) -> str:
    """Write the Dockerfile.

    Raises:
        OciValueError: The base is no reference.
        UsageError: A package of Debian has no name; it would be a word of a shell. Or a label or
            a variable has a line break.

    """
    head = ["# syntax=docker/dockerfile:1"] if recipe.cache_mounts else []
    lines = [*head, *_build_stage(recipe), "", *_final_stage(recipe)]
    return "\n".join(lines) + "\n"


def _build_stage(recipe: DockerRecipe) -> Iterator[str]:
    environment = f"--environment {recipe.environment}"
    mount = f"--mount=type=cache,target={_CACHE} " if recipe.cache_mounts else ""
    yield f"FROM {recipe.builder} AS build"
    yield f"ENV PIXI_CACHE_DIR={_CACHE}"
    yield from _pairs("ENV", recipe.pretended)
    yield f"RUN command -v wisp || python3 -m pip install --no-cache-dir {recipe.program}"
    yield f"WORKDIR {recipe.settings.workdir}"
    if "." in recipe.sources:
        yield _copy(".", ".")
    else:
        yield _copy(recipe.manifest, LOCK_NAME, "./")
        yield from (_copy(path, path) for path in recipe.sources)
    scripts = " --run-post-link-scripts" if recipe.run_link_scripts else ""
    yield f"RUN {mount}wisp install --locked{scripts} {environment}"
    yield "# The entry point: what activation does, then the command."
    hook = f"wisp shell-hook --as-is --shell bash --no-completions {environment}"
    yield "RUN set -eu; { \\"
    yield f"    {_echo('#!/bin/bash')}; \\"
    yield f"    {_echo(_HOME)}; \\"
    yield f"    {hook}; \\"
    yield f"    {_echo(_COMMAND)}; \\"
    yield f"    }} > {ENTRYPOINT}; chmod 0755 {ENTRYPOINT}"


def _echo(text: str) -> str:
    escaped = text.replace("$", "\\$").replace('"', '\\"')
    return f'echo "{escaped}"'


def _final_stage(recipe: DockerRecipe) -> Iterator[str]:
    settings = recipe.settings
    prefix = f"{settings.workdir}/{PIXI_DIR}/{ENVS_DIR}/{recipe.environment}"
    base = settings.base or DEFAULT_BASE
    Reference.parse(base)  # what is none could be further instructions
    yield f"FROM {base}"
    if settings.base is None and settings.debian_packages:
        yield from _packages(settings.debian_packages)
    yield from _pairs("LABEL", settings.labels)
    yield from _pairs("ENV", recipe.variables)
    yield f"WORKDIR {settings.workdir}"
    for path in (ENTRYPOINT, prefix):
        yield f"COPY --from=build {path} {path}"
    if settings.code:
        yield _copy(".", ".")
    yield from (f"EXPOSE {port}" for port in settings.ports)
    if settings.health is not None:
        health = settings.health
        times = f"--interval={health.interval:g}s --timeout={health.timeout:g}s"
        command = json.dumps(list(health.command))
        yield f"HEALTHCHECK {times} --retries={health.retries} CMD {command}"
    yield f"USER {settings.user}"
    yield f"ENTRYPOINT {json.dumps([ENTRYPOINT])}"
    script = ("/bin/sh", "-c", recipe.task) if recipe.task is not None else None
    yield f"CMD {json.dumps(list(script or settings.command or ('/bin/sh',)))}"


def _packages(names: Collection[str]) -> Iterator[str]:
    """Install packages of Debian, whose versions its archive decides and does not keep."""
    odd = next((name for name in names if not _DEBIAN_NAME.fullmatch(name)), None)
    if odd is not None:
        raise UsageError(f"'{odd}' is no name of a package of Debian")
    yield "# hadolint ignore=DL3008"
    yield "RUN apt-get update \\"
    yield f" && apt-get install -y --no-install-recommends {' '.join(sorted(set(names)))} \\"
    yield " && rm -rf /var/lib/apt/lists/*"


def _copy(*paths: str) -> str:
    """Copy what is at the first paths to the last one: no path is an option, or a pattern."""
    if all(map(_PLAIN_PATH.fullmatch, paths)):
        return f"COPY {' '.join(paths)}"
    *sources, place = paths
    return f"COPY {json.dumps([_word(path) for path in (*map(_pattern_of, sources), place)])}"


def _pattern_of(path: str) -> str:
    """Write a pattern that only this path matches.

    The brackets say that it is one: a backslash counts as itself where nothing else is special.
    """
    return _OF_PATTERNS.sub(lambda sign: r"[\\]" if sign[0] == "\\" else f"[{sign[0]}]", path)


def _word(text: str) -> str:
    """Write a word in which Docker, which reads it as a shell does, finds nothing to expand."""
    return _OF_SHELLS.sub(r"\\\g<0>", text)


def _pairs(word: str, table: Mapping[str, str]) -> Iterator[str]:
    for key, value in table.items():
        spelled = key if _PLAIN_KEY.fullmatch(key) else _quoted(key)
        yield f"{word} {spelled}={_quoted(value)}"


def _quoted(text: str) -> str:
    """Quote a word; a dollar would stand for a variable of the build.

    Nothing else is escaped in a Dockerfile. Raises `UsageError` for a line break, which none holds.
    """
    if _LINE_BREAK.search(text):
        raise UsageError(
            f"{json.dumps(text, ensure_ascii=False)} has a line break, which no Dockerfile holds",
            hints=["take the line break out, or use `image build`: its images hold such a text"],
        )
    return '"' + _OF_QUOTES.sub(r"\\\g<0>", text) + '"'


def ignore_text(settings: ImageSettings, ignored: Iterable[str]) -> str:
    """Write what Docker shall not see: what is never code, and what git ignores.

    `ignored` are the lines of the workspace's `.gitignore`. The lock is needed while an image is
    built, and so is seen.
    """
    rows = [
        *("Dockerfile", ".dockerignore", IMAGE_LOCK),
        *(f"**/{name}" for name in (*FOLDERS, *SECRETS)),
        *(row for line in (*ignored, *settings.exclude) if (row := _as_docker(line))),
        *(row for line in settings.include if (row := _as_docker(f"!{line}"))),
    ]
    return "\n".join(dict.fromkeys(rows)) + "\n"


def _as_docker(line: str) -> str:
    """Spell a pattern of git as Docker's: from the root, where git would take a name anywhere."""
    text = line.strip()
    if not text or text.startswith("#"):
        return ""
    sign, pattern = ("!", text[1:]) if text.startswith("!") else ("", text)
    inner = pattern.rstrip("/")
    anywhere = "/" not in inner and not inner.startswith("**")
    return f"{sign}{'**/' if anywhere else ''}{inner.lstrip('/')}"

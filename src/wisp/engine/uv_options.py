"""The options of uv that stand for `[pypi-options]`, alike for resolving and installing."""

from __future__ import annotations

import os.path
from collections.abc import Iterator
from pathlib import Path

from wisp.layout import DEFAULT_INDEX
from wisp.specs.pypi import PypiOptions


def index_options(options: PypiOptions, root: Path, default_index: str | None) -> Iterator[str]:
    """Name the indexes; `default_index` replaces the usual one where the options name none."""
    yield from ("--default-index", options.index_url or default_index or DEFAULT_INDEX)
    for url in options.extra_index_urls:
        yield from ("--index", url)
    for links in options.find_links:
        where = links.url or str(absolute_path(links.path or ".", root))
        yield from ("--find-links", where)
    if options.index_strategy:
        yield from ("--index-strategy", options.index_strategy)


def build_options(options: PypiOptions) -> Iterator[str]:
    """Tell what may, must, and must not be built, and how."""
    if options.no_build is True:
        yield "--no-build"
    elif options.no_build:
        for name in options.no_build:
            yield f"--only-binary={name}"
    if options.no_binary is True:
        yield "--no-binary=:all:"
    elif options.no_binary:
        for name in options.no_binary:
            yield f"--no-binary={name}"
    if options.no_build_isolation is True:
        yield "--no-build-isolation"
    elif options.no_build_isolation:
        for name in options.no_build_isolation:
            yield f"--no-build-isolation-package={name}"


def absolute_path(path: str, root: Path) -> Path:
    """Resolve a path of a manifest lexically, without following links."""
    return Path(os.path.normpath(root / Path(path).expanduser()))

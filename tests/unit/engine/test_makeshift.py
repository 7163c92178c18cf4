"""Folders that stand in for caches: where those cannot be written, or keep files of strangers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tiny import settings
from wisp.engine import makeshift
from wisp.engine.gateway import ChannelAccess
from wisp.values import replace

pytestmark = pytest.mark.skipif(os.name != "posix", reason="files have no owners")


@pytest.fixture(autouse=True)
def gone() -> Iterator[None]:
    yield
    makeshift.remove()


def test_all_who_miss_a_cache_share_what_stands_in_for_it(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    caches = settings(tmp_path / "file/cache").caches
    first, second = makeshift.usable(caches), makeshift.usable(caches)
    assert first.root == second.root != caches.root
    assert makeshift.stand_in(tmp_path) != first.root
    makeshift.remove()
    assert not first.root.exists()
    assert makeshift.usable(caches).root.exists()


def _channels(cache: Path) -> ChannelAccess:
    """Caches in which everything is a stranger's."""
    found = settings(cache)
    strangers = replace(found.caches, owners=frozenset({os.geteuid() + 1}))
    return ChannelAccess(replace(found, caches=strangers))


def test_repodata_of_strangers_is_removed(tmp_path: Path) -> None:
    channels = _channels(tmp_path)
    folder = channels.settings.caches.repodata
    (folder / "deeper").mkdir(parents=True)
    files = [folder / "a.json", folder / "deeper/b.json"]
    for file in files:
        file.touch()
    assert channels.repodata == folder
    assert not [file for file in files if file.exists()]


def test_repodata_of_strangers_that_stays_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    channels = _channels(tmp_path)
    folder = channels.settings.caches.repodata
    folder.mkdir(parents=True)
    (folder / "a.json").touch()

    def refuse(path: str) -> None:
        raise PermissionError(1, "Operation not permitted", path)

    with monkeypatch.context() as patched:
        patched.setattr(os, "unlink", refuse)  # what a sticky folder of root's does
        assert channels.repodata != folder
    assert not list(channels.repodata.iterdir())

from __future__ import annotations

import os
from pathlib import Path

import pytest

from wisp.config.caches import cache_folders, cache_root
from wisp.specs.controls import KeyPath


def _local(path: Path) -> bool:
    return False


def test_the_root_prefers_variables_to_keys_to_the_users_cache() -> None:
    environ = {"HOME": "/h"}
    assert cache_root(environ) == Path("/h/.cache/rattler/cache")
    assert cache_root(environ, "/k") == Path("/k")
    environ |= {"RATTLER_CACHE_DIR": "/r"}
    assert cache_root(environ, "/k") == Path("/r")
    environ |= {"PIXI_CACHE_DIR": "/p"}
    assert cache_root(environ, "/k") == Path("/p")


def test_a_cache_of_pixis_own_is_used_where_it_exists(tmp_path: Path) -> None:
    (tmp_path / "pixi").mkdir()
    assert cache_root({"HOME": "/h", "XDG_CACHE_HOME": str(tmp_path)}) == tmp_path / "pixi"


def test_a_home_sign_is_expanded() -> None:
    assert cache_root({"HOME": "/h"}, "~/caches") == Path("/h/caches")


def test_each_kind_has_a_variable_a_key_and_a_default() -> None:
    environ = {"HOME": "/h", "PIXI_CACHE_DIR": "/c", "PIXI_CACHE_REPODATA_DIR": "/fast"}
    values: dict[KeyPath, str] = {
        ("cache", "pypi-wheels"): "/wheels",
        ("cache", "repodata"): "/slow",
    }
    folders = cache_folders(values, environ, is_remote=_local)
    assert folders.conda_packages == Path("/c/pkgs")
    assert folders.repodata == Path("/fast")
    assert folders.pypi_wheels == Path("/wheels")


class TestNetworkFileSystems:
    ENVIRON = {"HOME": "/net/h", "USER": "me"}  # noqa: RUF012

    @staticmethod
    def _remote(path: Path) -> bool:
        return str(path).startswith("/net")

    def test_what_cannot_be_shared_moves_to_local_scratch(self, tmp_path: Path) -> None:
        environ = {**self.ENVIRON, "SLURM_TMPDIR": str(tmp_path)}
        folders = cache_folders({}, environ, is_remote=self._remote)
        assert folders.repodata == tmp_path / "pixi-cache-me" / "repodata"
        assert folders.conda_packages == Path("/net/h/.cache/rattler/cache/pkgs")

    @pytest.mark.parametrize(
        "more", [{"PIXI_CACHE_DIR": "/net/c"}, {"PIXI_CACHE_NETFS_REDIRECT": "never"}]
    )
    def test_an_explicit_root_or_never_keeps_all_in_place(self, more: dict[str, str]) -> None:
        folders = cache_folders({}, self.ENVIRON | more, is_remote=self._remote)
        assert str(folders.repodata).startswith("/net")

    def test_always_moves_even_from_a_local_disk(self, tmp_path: Path) -> None:
        environ = {"HOME": "/h", "USER": "me", "TMPDIR": str(tmp_path)}
        values: dict[KeyPath, str] = {("cache", "netfs-redirect"): "always"}
        folders = cache_folders(values, environ, is_remote=_local)
        assert folders.repodata == tmp_path / "pixi-cache-me" / "repodata"


@pytest.mark.skipif(os.name == "nt", reason="owners and modes are those of POSIX")
@pytest.mark.parametrize("opened", [".", "pkgs"])
def test_a_chosen_folder_that_others_may_write_to_is_not_used(tmp_path: Path, opened: str) -> None:
    root = tmp_path / "chosen"
    (root / "pkgs").mkdir(parents=True)
    (root / opened).chmod(0o777)
    environ = {"HOME": str(tmp_path / "home"), "PIXI_CACHE_DIR": str(root)}
    usual = tmp_path / "home" / ".cache" / "rattler" / "cache"
    chosen = cache_folders({}, environ, is_remote=_local)
    assert chosen.conda_packages == usual / "pkgs"
    assert chosen.repodata == (usual if opened == "." else root) / "repodata"
    assert any("everybody may write to" in doubt for doubt in chosen.doubts)
    believed = cache_folders({("trust", "caches"): True}, environ, is_remote=_local)
    assert (believed.root, believed.doubts) == (root, ())
    (root / opened).chmod(0o755)
    chosen = cache_folders({}, environ, is_remote=_local)
    assert (chosen.root, chosen.doubts) == (root, ())


HUB = "https://conda.anaconda.org"


@pytest.mark.parametrize(
    ("channels", "apart"),
    [
        ([f"{HUB}/conda-forge/", f"{HUB}/bioconda/", "https://prefix.dev/me/"], False),
        (["file:///mnt/channel/"], False),
        ([f"{HUB}/conda-forge/", "https://conda.example/me/"], True),
        ([f"{HUB}.example/conda-forge/"], True),
    ],
)
def test_who_makes_lists_of_packages_shares_no_folder_for_them(
    tmp_path: Path, channels: list[str], apart: bool
) -> None:
    """But where a server makes them, its channels' owners can only put packages there."""
    environ = {"HOME": str(tmp_path)}
    folders = cache_folders({}, environ, is_remote=_local)
    assert (folders.repodata_of(channels) != folders.repodata) is apart
    assert folders.repodata_of(channels) == folders.repodata_of([*channels[::-1], channels[0]])
    believed = cache_folders({("trust", "caches"): True}, environ, is_remote=_local)
    assert believed.repodata_of(channels) == believed.repodata

from __future__ import annotations

from pathlib import Path

from tests.tiny import settings
from wisp.engine.gateway import ChannelAccess
from wisp.values import replace


def test_client_and_gateway_are_made_once(tmp_path: Path) -> None:
    access = ChannelAccess(settings(tmp_path))
    assert access.gateway is access.gateway
    assert access.client is access.client


FORGE = "https://conda.anaconda.org/conda-forge/"


def test_what_channels_list_is_kept_apart_from_what_others_list(tmp_path: Path) -> None:
    access = ChannelAccess(settings(tmp_path))
    usual = access.repodata
    assert access.of([FORGE]).repodata == access.of(["file:///c/"]).repodata == usual
    folders = {
        access.of(urls).repodata
        for urls in (["https://a/"], ["https://b/"], [FORGE, "https://a/"], ["https://a/x/"])
    }
    assert len(folders - {usual}) == 4
    assert {folder.parent for folder in folders} == {usual}


def test_the_order_of_channels_and_who_asks_matter_nothing(tmp_path: Path) -> None:
    access = ChannelAccess(settings(tmp_path))
    apart = access.of(["https://a/", FORGE])
    assert access.of([FORGE, "https://a"]) is apart
    assert apart.of([FORGE, "https://a/"]) is apart
    assert apart.of([FORGE]) is access
    assert (apart.client, apart.solves) == (access.client, access.solves)


def test_who_believes_all_caches_has_one_folder_for_all_channels(tmp_path: Path) -> None:
    base = settings(tmp_path)
    believing = replace(base, caches=replace(base.caches, believed=True))
    assert ChannelAccess(believing).of(["https://a/"]).repodata == base.caches.repodata

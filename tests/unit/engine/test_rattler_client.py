from __future__ import annotations

import os
from pathlib import Path

import pytest
import tomli

from tests.tiny import settings
from wisp.engine.rattler_client import (
    _configuration_keys,
    _toml,
    client_variables,
    make_client,
    make_configuration,
)
from wisp.specs.settings import EngineSettings, Linking, Network


def test_settings_reach_rattler(tmp_path: Path) -> None:
    base = settings(
        tmp_path,
        mirrors={"https://a.org/": ("https://b.org/",)},
        concurrent_downloads=7,
        tls_no_verify=True,
        https_proxy="http://proxy:1",
        non_proxy_hosts=("localhost",),
    )
    linking = Linking(symbolic=False, hard=True, run_scripts=True)
    config = make_configuration(
        EngineSettings(caches=base.caches, network=base.network, linking=linking)
    )
    assert config.mirrors == {"https://a.org/": ["https://b.org/"]}
    assert config.concurrency_downloads == 7
    assert config.tls_no_verify is True
    assert config.proxy_https == "http://proxy:1/"
    assert (config.allow_symbolic_links, config.allow_hard_links) == (False, True)
    assert config.allow_ref_links is None
    assert config.run_post_link_scripts == "insecure"


def test_odd_characters_survive_the_way_through_toml(tmp_path: Path) -> None:
    odd = Path('/a "b"\\c\n\u00e9')
    keys = _configuration_keys(settings(tmp_path, auth_file=odd))
    assert tomli.loads(_toml(keys))["authentication-override-file"] == str(odd)


def test_making_a_client_leaves_the_environment_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RATTLER_AUTH_FILE", "/mine")
    before = dict(os.environ)
    auth = tmp_path / "auth.json"
    auth.write_text("{}")
    assert make_client(settings(tmp_path, auth_file=auth).network, os.environ) is not None
    assert dict(os.environ) == before


def test_a_proxy_of_the_environment_beats_the_configured_one() -> None:
    network = Network(http_proxy="http://p:1/", non_proxy_hosts=("a", "b"))
    assert client_variables(network, {}) == {"http_proxy": "http://p:1/", "no_proxy": "a,b"}
    theirs = {"ALL_PROXY": "http://theirs:2"}
    assert client_variables(network, theirs) == theirs

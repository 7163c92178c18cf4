"""`config --shared`: the file that all tools on rattler read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.sandbox import CommandLine

pytestmark = pytest.mark.forked

NEW = {"WISP_PIXI_COMPAT": "0.85"}


def test_what_is_shared_is_written_where_all_tools_read_it(
    cold_wisp: CommandLine, tmp_path: Path
) -> None:
    file = cold_wisp.home.path / ".config/rattler/config.toml"
    file.parent.mkdir(parents=True)
    file.write_text("# of all tools\ntls-no-verify = true  # for now\n")
    change = ("config", "append", "--shared", "default-channels", "bioconda")
    cold_wisp(*change, cwd=tmp_path, env=NEW).success()
    text = file.read_text()
    assert text.startswith("# of all tools\ntls-no-verify = true  # for now\n")
    assert 'default-channels = ["bioconda"]' in text
    cold_wisp("config", "unset", "--shared", "tls-no-verify", cwd=tmp_path, env=NEW).success()
    assert "tls-no-verify" not in file.read_text()


def test_what_only_pixi_knows_cannot_be_shared(cold_wisp: CommandLine, tmp_path: Path) -> None:
    words = ("config", "set", "--shared", "shell.change-ps1", "false")
    refused = cold_wisp(*words, cwd=tmp_path, env=NEW)
    assert refused.code == 1
    assert "`shell.change-ps1` cannot be shared" in refused.stderr


def test_consent_to_detectors_is_set_by_channel(cold_wisp: CommandLine, tmp_path: Path) -> None:
    key = "virtual-package-detectors.consent"
    file = cold_wisp.home.path / ".config/rattler/config.toml"

    def config(verb: str, *words: str) -> str:
        return cold_wisp("config", verb, "--shared", *words, cwd=tmp_path, env=NEW).stderr

    config("set", f"{key}.https://Conda.Example/lab/", "allow")
    config("set", f'{key}."https://conda.example/other"', "deny")
    config("set", "virtual-package-detectors.timeout-seconds", "60")
    listed = cold_wisp(
        "config", "list", "virtual-package-detectors", "--json", cwd=tmp_path, env=NEW
    )
    assert json.loads(listed.success().stdout) == {
        "virtual-package-detectors": {
            "timeout-seconds": 60,
            "consent": {
                "https://conda.example/lab": "allow",
                "https://conda.example/other": "deny",
            },
        }
    }
    config("unset", f"{key}.https://conda.example/lab")
    config("set", f"{key}.https://conda.example/other", "allow")
    assert '"https://conda.example/other" = "allow"' in file.read_text()
    assert "lab" not in file.read_text()
    assert "expected one of `allow`, `deny`" in config("set", f"{key}.https://c.example", "maybe")
    assert "1 to 300" in config("set", "virtual-package-detectors.timeout-seconds", "301")
    config("unset", key)
    assert "consent" not in file.read_text()

"""`auth` with a keyring: what goes in reaches whoever asks, and comes out again."""

from __future__ import annotations

import base64
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.commands.test_auth_elsewhere import (
    purposes,
    refusing,
    shown_to_channels,
    shown_to_indexes,
)
from tests.sandbox import CommandLine
from tools.forge.build import Forge

pytestmark = pytest.mark.forked

pytest.importorskip("keyring")
pytest.importorskip("keyrings.alt")

SECRET = "sw0rdfish"
BASIC = "Basic " + base64.b64encode(f"me:{SECRET}".encode()).decode()


@pytest.fixture
def auth(wisp: CommandLine, tmp_path: Path) -> CommandLine:
    """The command line of a user whose keyring is a file, which no other program looks into."""
    home = tmp_path / "user"
    home.mkdir()
    backend = "keyrings.alt.file.PlaintextKeyring"
    return replace(wisp, variables={"HOME": str(home), "PYTHON_KEYRING_BACKEND": backend})


def test_what_is_in_the_keyring_reaches_channels_and_indexes(
    auth: CommandLine, forge: Forge, tmp_path: Path
) -> None:
    with refusing() as web:
        words = ("login", "127.0.0.1", "--username", "me", "--password", "-")
        done = auth("auth", *words, cwd=tmp_path, stdin=f"{SECRET}\n").success()
        assert done.stderr.strip().endswith("for 127.0.0.1 in keyring")
        assert not (Path(auth.variables["HOME"]) / ".rattler").exists()
        said = purposes(auth, web.url, tmp_path)
        assert said == {"channels", "package indexes", "registries"}
        assert shown_to_channels(auth, web, tmp_path) == {BASIC}
        assert BASIC in shown_to_indexes(auth, web, forge, tmp_path)
        auth("auth", "logout", "127.0.0.1", cwd=tmp_path).success()
        assert purposes(auth, web.url, tmp_path) == set()
        assert shown_to_channels(auth, web, tmp_path) == {None}


def test_the_file_that_is_named_comes_before_the_keyring(auth: CommandLine, tmp_path: Path) -> None:
    named = tmp_path / "named.json"
    env = {"RATTLER_AUTH_FILE": str(named)}
    auth("auth", "login", "a.b.org", "--token", "x", cwd=tmp_path, env=env).success()
    auth("auth", "login", "a.b.org", "--token", SECRET, cwd=tmp_path).success()
    lines = auth("auth", "status", cwd=tmp_path, env=env).success().stdout.splitlines()
    assert lines == [
        f"{named}:",
        "  a.b.org  token",
        "keyring:",
        "  a.b.org  token (another store comes first)",
    ]


def test_a_keyring_that_cannot_be_loaded_is_none(auth: CommandLine, tmp_path: Path) -> None:
    env = {"PYTHON_KEYRING_BACKEND": "nobody.has.it"}
    done = auth("auth", "login", "a.b.org", "--token", SECRET, cwd=tmp_path, env=env).success()
    assert "credentials.json" in done.stderr


def test_the_program_keyring_is_asked_about_indexes(
    auth: CommandLine, forge: Forge, tmp_path: Path
) -> None:
    program = Path(sys.executable).with_name("keyring")
    path = f"{program.parent}:{auth.environment()['PATH']}"
    with refusing() as web:
        service = f"{web.url}/simple"
        subprocess.run(
            [program, "set", service, "me"],
            input=f"{SECRET}\n", env=auth.environment(), text=True, check=True,
        )  # fmt: skip
        (tmp_path / "pixi.toml").write_text(
            f'[workspace]\nchannels = ["{forge.url}"]\nplatforms = ["linux-64"]\n'
            f'pypi-options = {{ index-url = "{service.replace("//", "//me@")}" }}\n'
            '[dependencies]\npython = "*"\n[pypi-dependencies]\nsix = "*"\n'
        )
        words = ("lock", "--pypi-keyring-provider", "subprocess")
        done = auth(*words, cwd=tmp_path, env={"PATH": path})
        assert SECRET not in done.stdout + done.stderr
        assert {asked.authorization for asked in web.asked} >= {BASIC}

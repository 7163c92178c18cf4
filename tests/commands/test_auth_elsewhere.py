"""Credentials that lie elsewhere, and whom an address gets them for: `auth status` must not lie.

What status says is compared with what a server was shown.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tests.web import Answer, Web
from tools.forge.build import Forge

pytestmark = pytest.mark.forked

SECRET = "sw0rdfish"
BASIC = "Basic " + base64.b64encode(f"me:{SECRET}".encode()).decode()


@pytest.fixture
def auth(wisp: CommandLine, tmp_path: Path) -> CommandLine:
    home = tmp_path / "user"
    home.mkdir()
    return replace(wisp, variables={"HOME": str(home)})


def refusing() -> Web:
    """A server that has nothing for anybody: what counts is what it is shown."""
    return Web(lambda asked: Answer(401, {"WWW-Authenticate": 'Basic realm="x"'}))


def purposes(auth: CommandLine, url: str, cwd: Path, env: dict[str, str] | None = None) -> set[str]:
    done = auth("auth", "status", "--json", url, cwd=cwd, env=env).success()
    assert SECRET not in done.stdout + done.stderr
    return {purpose for use in json.loads(done.stdout) for purpose in use["purposes"]}


def shown_to_channels(auth: CommandLine, web: Web, cwd: Path) -> set[str | None]:
    web.asked.clear()
    auth("search", "-c", f"{web.url}/main", "six", cwd=cwd)
    assert web.asked
    return {asked.authorization for asked in web.asked}


def shown_to_indexes(
    auth: CommandLine, web: Web, forge: Forge, cwd: Path, env: dict[str, str] | None = None
) -> set[str | None]:
    web.asked.clear()
    (cwd / "pixi.toml").write_text(
        f'[workspace]\nchannels = ["{forge.url}"]\nplatforms = ["linux-64"]\n'
        f'pypi-options = {{ index-url = "{web.url}/simple" }}\n'
        '[dependencies]\npython = "*"\n[pypi-dependencies]\nsix = "*"\n'
    )
    done = auth("lock", cwd=cwd, env=env)
    assert SECRET not in done.stdout + done.stderr
    return {asked.authorization for asked in web.asked if "six" in asked.path}


@pytest.mark.parametrize("with_port", [False, True])
def test_channels_are_asked_by_host_and_indexes_by_port_too(
    auth: CommandLine, forge: Forge, tmp_path: Path, with_port: bool
) -> None:
    with refusing() as web:
        host = web.address if with_port else "127.0.0.1"
        words = ("login", host, "--username", "me", "--password", SECRET)
        done = auth("auth", *words, cwd=tmp_path).success()
        assert ("wisp auth login 127.0.0.1" in done.stderr) is with_port
        said = purposes(auth, f"{web.url}/main", tmp_path)
        assert ("channels" in said) is not with_port
        assert {"package indexes", "registries"} <= said
        assert shown_to_channels(auth, web, tmp_path) == ({None} if with_port else {BASIC})
        assert BASIC in shown_to_indexes(auth, web, forge, tmp_path)


@pytest.mark.parametrize("name", ["127_0_0_1", "127_0_0_1_PORT", "CORP"])
def test_variables_hold_the_login_of_an_index(
    auth: CommandLine, forge: Forge, tmp_path: Path, name: str
) -> None:
    with refusing() as web:
        name = name.replace("PORT", web.address.partition(":")[2])
        env = {
            f"UV_INDEX_{name}_USERNAME": "me",
            f"UV_INDEX_{name}_PASSWORD": SECRET,
            "UV_INDEX": f"other=https://example.org/simple corp={web.url}/simple",
        }
        assert purposes(auth, web.url, tmp_path, env) == {"package indexes"}
        assert purposes(auth, "http://127.0.0.2/", tmp_path, env) == set()
        assert BASIC in shown_to_indexes(auth, web, forge, tmp_path, env)
        assert shown_to_channels(auth, web, tmp_path) == {None}


def test_logins_of_engines_are_for_registries(auth: CommandLine, tmp_path: Path) -> None:
    docker = Path(auth.variables["HOME"]) / ".docker/config.json"
    docker.parent.mkdir()
    pair = BASIC.removeprefix("Basic ")
    docker.write_text(json.dumps({"auths": {"127.0.0.1:5000": {"auth": pair}}}))
    done = auth("auth", "status", "127.0.0.1:5000", cwd=tmp_path).success()
    assert done.stdout.splitlines() == [
        f"{docker}:",
        "  127.0.0.1:5000  user and password (for registries)",
    ]
    assert purposes(auth, "oci://127.0.0.1:5000/team/app", tmp_path) == {"registries"}
    assert purposes(auth, "127.0.0.1:5001", tmp_path) == set()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (f"https://me:{SECRET}@a.org/x", {"channels", "package indexes"}),
        (f"https://a.org/t/{SECRET}/x", {"channels", "package indexes"}),
        ("https://a.org/x", set()),
        ("a.org", set()),
        ("s3://bucket/x", set()),
        ("file:///x", set()),
        ("https://[::1/x", None),
        ("", None),
        ("https://a.org:port/", None),
    ],
)
def test_any_address_can_be_asked_about(
    auth: CommandLine, tmp_path: Path, url: str, said: set[str] | None
) -> None:
    if said is not None:
        assert purposes(auth, url, tmp_path) == said
        return
    done = auth("auth", "status", url, cwd=tmp_path)
    assert done.code in {0, 1, 2}
    assert "Traceback" not in done.stderr


def test_keys_of_a_bucket_are_for_channels(auth: CommandLine, tmp_path: Path) -> None:
    words = ("--s3-access-key-id", "k", "--s3-secret-access-key", SECRET)
    done = auth("auth", "login", "s3://bucket", *words, cwd=tmp_path).success()
    assert "Stored S3 keys for bucket" in done.stderr
    assert purposes(auth, "s3://bucket/channel", tmp_path) == {"channels"}
    assert purposes(auth, "s3://other/channel", tmp_path) == set()


@pytest.mark.parametrize(
    ("file", "before", "style"),
    [
        ("config.toml", "[s3-options.bucket]", "force-path-style = true"),
        ("config.toml", "[s3-options.bucket]", 'addressing-style = "path"'),
        ("config.toml", "tls-no-verify = true\n[s3-options.bucket]", 'addressing-style = "path"'),
        (
            "pixi.toml",
            "[workspace]\nchannels = []\nplatforms = []\n[workspace.s3-options.bucket]",
            'addressing-style = "path"',
        ),
    ],
)
def test_requests_to_a_bucket_are_signed_with_its_keys(
    file: str, before: str, style: str, auth: CommandLine, tmp_path: Path
) -> None:
    words = ("--s3-access-key-id", "KEY", "--s3-secret-access-key", "-")
    auth("auth", "login", "s3://bucket", *words, cwd=tmp_path, stdin=f"{SECRET}\n").success()
    with Web(lambda asked: Answer(403)) as web:
        (tmp_path / file).write_text(
            f'{before}\nendpoint-url = "{web.url}"\nregion = "here-1"\n{style}\n'
        )
        env = {"PIXI_CONFIG_FILE": str(tmp_path / file)} if file == "config.toml" else {}
        done = auth("search", "-c", "s3://bucket/main", "six", cwd=tmp_path, env=env)
    assert web.asked
    for asked in web.asked:
        assert asked.path.startswith("/bucket/main/")
        signed = dict(asked.query)
        assert signed["X-Amz-Credential"].startswith("KEY/")
        assert signed["X-Amz-Signature"] not in done.stderr
    assert SECRET not in str(web.asked) + done.stderr
    assert "`wisp auth login s3://BUCKET`" in done.stderr


def test_what_uv_has_stored_is_told(auth: CommandLine, forge: Forge, tmp_path: Path) -> None:
    folder = tmp_path / "uv"
    folder.mkdir()
    with refusing() as web:
        (folder / "credentials.toml").write_text(
            f'[[credential]]\nservice = "{web.url}/simple"\nscheme = "basic"\n'
            f'username = "me"\npassword = "{SECRET}"\n'
        )
        env = {"UV_CREDENTIALS_DIR": str(folder)}
        assert purposes(auth, f"{web.url}/simple", tmp_path, env) == {"package indexes"}
        assert purposes(auth, f"{web.url}/other", tmp_path, env) == set()
        assert BASIC in shown_to_indexes(auth, web, forge, tmp_path, env)


def test_a_damaged_login_of_an_engine_is_told(auth: CommandLine, tmp_path: Path) -> None:
    docker = Path(auth.variables["HOME"]) / ".docker/config.json"
    docker.parent.mkdir()
    docker.write_text("{")
    done = auth("auth", "status", "127.0.0.1:5000", cwd=tmp_path)
    assert (done.code, str(docker) in done.stderr) == (1, True)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such pipes")
def test_logins_of_an_engine_that_cannot_be_read_are_passed_over_and_told(
    auth: CommandLine, tmp_path: Path
) -> None:
    docker = Path(auth.variables["HOME"]) / ".docker/config.json"
    docker.parent.mkdir()
    os.mkfifo(docker)
    done = auth("auth", "status", "127.0.0.1:5000", cwd=tmp_path).success()
    assert f"could not read `{docker}`" in done.stderr


def test_a_mirror_is_asked_with_what_is_for_it(auth: CommandLine, tmp_path: Path) -> None:
    auth("auth", "login", "mirror.org", "--token", SECRET, cwd=tmp_path).success()
    config = Path(auth.variables["HOME"]) / ".config/pixi/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('[mirrors]\n"https://origin.org" = ["https://mirror.org/x"]\n')
    env = {"XDG_CONFIG_HOME": str(config.parent.parent)}
    assert "channels" in purposes(auth, "https://origin.org/main", tmp_path, env)


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        (f"machine 127.0.0.1\nlogin me\npassword {SECRET}\n", True),
        (f"machine 127.0.0.1 login me password {SECRET} # mine\n", True),
        (f'machine 127.0.0.1 login me password "{SECRET}"\n', True),
        (f"macdef init\ncd /x\n\nmachine 127.0.0.1 login me password {SECRET}\n", True),
        (f"default login me password {SECRET}\n", False),
        (f"machine 127.0.0.1:5 login me password {SECRET}\n", False),
        (f"machine 127.0.0.1 login me password {SECRET}\noops oops\n", False),
    ],
)
def test_netrc_means_the_same_to_status_and_channels(
    auth: CommandLine, tmp_path: Path, text: str, sent: bool
) -> None:
    netrc = Path(auth.variables["HOME"]) / ".netrc"
    netrc.write_text(text)
    netrc.chmod(0o600)
    with refusing() as web:
        assert ("channels" in purposes(auth, web.url, tmp_path)) is sent
        assert shown_to_channels(auth, web, tmp_path) == ({BASIC} if sent else {None})


def test_a_refusal_names_the_host_to_sign_in_to(auth: CommandLine, tmp_path: Path) -> None:
    with refusing() as web:
        done = auth("search", "-c", f"{web.url}/main", "six", cwd=tmp_path)
    assert (done.code, "`wisp auth login 127.0.0.1`" in done.stderr) == (1, True)

"""`doctor`: what is tried, what came back, what to do; and no secret in it."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tests.tiny import channel, tiny
from tests.web import Answer, Asked, Web
from tools.forge.build import Forge
from tools.forge.serve import Server

pytestmark = pytest.mark.forked


def write(folder: Path, *channels: str, more: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = {json.dumps(channels)}\n'
        f'platforms = ["linux-64", "osx-arm64"]\n{more}'
    )
    return folder


def states(wisp: CommandLine, folder: Path, code: int, **env: str) -> dict[str, tuple[str, str]]:
    done = wisp("doctor", "--json", cwd=folder, env=env)
    assert done.code == code, done.stdout + done.stderr
    return {
        row["subject"]: (row["state"], f"{row['found']} {row['advice']}")
        for row in json.loads(done.stdout)
    }


def test_all_is_well(wisp: CommandLine, tmp_path: Path, forge: Forge, forge_server: Server) -> None:
    index = f"{forge_server.url}/simple"
    folder = write(
        tmp_path / "ws",
        f"{forge_server.url}/main",
        more=f'[dependencies]\npython = "{forge.minor}.*"\n'
        f'[pypi-options]\nindex-url = "{index}"\n[pypi-dependencies]\nsix = "*"\n',
    )
    wisp("lock", cwd=folder).success()
    found = states(wisp, folder, 0)
    assert {state for state, _ in found.values()} == {"good"}
    assert {f"channel {forge_server.url}/main", f"index {index}", "lock file"} <= found.keys()
    told = wisp("doctor", cwd=folder).success().stdout
    assert "✔ lock file: it fits the manifest\n" in told


def test_what_is_broken_says_what_to_do(wisp: CommandLine, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens
        silent = f"http://127.0.0.1:{taken.getsockname()[1]}/channel"
        absent = (tmp_path / "absent").as_uri()
        folder = write(tmp_path / "ws", silent, absent)
        found = states(wisp, folder, 1)
    assert found[f"channel {silent}"][0] == "broken"
    assert "https_proxy" in found[f"channel {silent}"][1]
    assert found[f"channel {absent}"][0] == "broken"
    assert found["lock file"][0] == "doubtful"
    assert "`wisp lock`" in found["lock file"][1]


def test_missing_channels_and_stale_locks(
    wisp: CommandLine, tmp_path: Path, forge_server: Server
) -> None:
    source = channel(tmp_path / "channel", [tiny("base")])
    folder = write(tmp_path / "ws", source.as_uri())
    wisp("lock", cwd=folder).success()
    write(folder, f"{forge_server.url}/nothing-here", more='[dependencies]\nbase = "*"\n')
    found = states(wisp, folder, 1)
    assert "status 404" in found[f"channel {forge_server.url}/nothing-here"][1]
    assert found["lock file"][0] == "doubtful"
    (folder / "pixi.lock").write_text("version: [")
    assert states(wisp, folder, 1)["lock file"][0] == "broken"


def test_a_folder_as_a_mirror_is_told(wisp: CommandLine, tmp_path: Path) -> None:
    """Neither rattler nor uv reads one, and it is no bug of ours."""
    address = "https://nowhere.example/main"
    folder = write(tmp_path / "ws", address, more='[dependencies]\na = "*"\n')
    mirrors = json.dumps({address: [tmp_path.as_uri()], "https://x.example": ["s3://b/x"]})
    wisp("config", "set", "--global", "mirrors", mirrors, cwd=folder).success()
    state, told = states(wisp, folder, 1)[f"channel {address}"]
    assert state == "broken"
    assert "is no address of the web" in told
    assert "a mirror has an address of the web" in told
    assert "a mirror has an address of the web" in wisp("lock", cwd=folder).stderr
    write(folder, "https://x.example")
    assert states(wisp, folder, 0)["channel https://x.example"][0] == "doubtful"


def test_secrets_are_not_shown(wisp: CommandLine, tmp_path: Path) -> None:
    folder = write(tmp_path / "ws", "http://user:hunter2@127.0.0.1:9/t/tk-secret/channel")
    for words in (("doctor",), ("doctor", "--json"), ("doctor", "-vvv")):
        done = wisp(*words, cwd=folder, env={"http_proxy": "http://me:swordfish@127.0.0.1:9"})
        assert done.code == 1
        for secret in ("hunter2", "tk-secret", "swordfish"):
            assert secret not in done.stdout + done.stderr


@pytest.mark.parametrize("manifest", ["[workspace", '[workspace]\nname = "w"\nchannels = 1\n'])
def test_a_faulty_manifest_is_one_finding_among_others(
    wisp: CommandLine, tmp_path: Path, manifest: str
) -> None:
    (tmp_path / "pixi.toml").write_text(manifest)
    found = states(wisp, tmp_path, 1, PIXI_OFFLINE="true")
    assert found["workspace"][0] == "broken"
    assert found["caches"][0] == "good"


def test_without_a_workspace_and_without_a_network(wisp: CommandLine, tmp_path: Path) -> None:
    found = states(wisp, tmp_path, 0, PIXI_OFFLINE="true")
    assert "lock file" not in found
    assert any("offline" in told for _, told in found.values())


def test_nothing_is_written(cold_wisp: CommandLine, tmp_path: Path) -> None:
    folder = write(tmp_path / "ws")
    cold_wisp("doctor", "--offline", cwd=folder)
    assert not cold_wisp.home.cache.exists()
    assert [path.name for path in folder.iterdir()] == ["pixi.toml"]


@pytest.mark.parametrize(
    ("key", "token", "state", "said"),
    [
        (None, "", "broken", "`wisp auth login 127.0.0.1`"),
        ("127.0.0.1", "right", "good", "answers"),
        ("127.0.0.1", "wrong", "broken", "has for 127.0.0.1"),
        ("127.0.0.1:PORT", "right", "broken", "`wisp auth login 127.0.0.1`"),
    ],
)
def test_a_guarded_channel_is_asked_as_it_will_be(
    wisp: CommandLine, tmp_path: Path, key: str | None, token: str, state: str, said: str
) -> None:
    def answer(asked: Asked) -> Answer:
        return Answer(200 if asked.authorization == "Bearer right" else 401)

    with Web(answer) as web:
        auth = tmp_path / "auth.json"
        port = web.address.partition(":")[2]
        stored = {key.replace("PORT", port): {"BearerToken": token}} if key else {}
        auth.write_text(json.dumps(stored))
        folder = write(tmp_path / "ws", f"{web.url}/main")
        code = 0 if state == "good" else 1
        found = states(wisp, folder, code, RATTLER_AUTH_FILE=str(auth))
        assert found[f"channel {web.url}/main"][0] == state
        assert said in found[f"channel {web.url}/main"][1]


def test_a_damaged_store_is_told(wisp: CommandLine, tmp_path: Path) -> None:
    auth = tmp_path / "auth.json"
    auth.write_text('{"a.org": ')
    rows = json.loads(
        wisp(
            "doctor", "--json", "--offline", cwd=tmp_path, env={"RATTLER_AUTH_FILE": str(auth)}
        ).stdout
    )
    told = [row for row in rows if row["subject"] == "credentials" and row["state"] == "broken"]
    assert str(auth) in told[0]["found"]
    assert told[0]["advice"]


def test_a_file_of_certificates_that_is_not_there_is_told(
    wisp: CommandLine, tmp_path: Path
) -> None:
    done = wisp(
        "doctor", "--json", "--offline", cwd=tmp_path, env={"SSL_CERT_FILE": "/no/such/file"}
    )
    rows = [row for row in json.loads(done.stdout) if row["subject"] == "certificates"]
    assert ("doubtful", True) in [(row["state"], "/no/such/file" in row["found"]) for row in rows]

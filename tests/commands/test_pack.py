"""`pack` and `unpack`: environments that travel as one file."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox import CommandLine
from tests.tiny import tiny
from tests.trees import content
from tests.unit.wheelhouse import make_project, make_wheel
from tools.forge.build import Forge
from tools.forge.serve import Server
from wisp.image.products import is_product

pytestmark = [pytest.mark.slow, pytest.mark.forked]

#: What an installation writes about itself, and where a package was when it was linked.
BOOKKEEPING = {"CACHEDIR.TAG", "conda-meta/pixi", "conda-meta/pixi_env_prefix"}


@pytest.fixture(scope="module")
def locked(
    tmp_path_factory: pytest.TempPathFactory,
    lock_served: Callable[..., Path],
    forge: Forge,
    forge_address: str,
) -> Path:
    folder = tmp_path_factory.mktemp("pack")
    make_project(folder / "mine", "mine")
    return lock_served(
        f"""[workspace]
name = "travels"
channels = ["http://{forge_address}/main"]
platforms = ["linux-64", "linux-aarch64", "osx-arm64"]
[pypi-options]
index-url = "http://{forge_address}/simple"
[dependencies]
greeter = "1.*"
activator = "*"
[target.linux-64.dependencies]
python = "{forge.minor}.*"
prefixed = "*"
linked = "*"
legacy = "*"
pytool = "*"
[target.linux-64.pypi-dependencies]
rich = "*"
mine = {{ path = "mine", editable = true }}
""",
        folder,
    )


@pytest.fixture
def workspace(tmp_path: Path, locked: Path, forge_server: Server) -> Path:
    return shutil.copytree(locked, tmp_path / "ws")


@pytest.fixture
def small(tmp_path: Path, forge: Forge) -> Path:
    """A workspace of two packages of a local channel, without a Python."""
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{forge.url}"]\nplatforms = ["linux-64"]\n'
        '[dependencies]\ngreeter = "1.*"\n'
    )
    return folder


def pack(wisp: CommandLine, cwd: Path, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(wisp("pack", "--json", *words, cwd=cwd).success().stdout)
    return found


def names(path: Path) -> list[str]:
    with tarfile.open(path) as archive:
        return [member.name for member in archive if member.isreg()]


def sh(text: str, cwd: Path, shell: str = "bash") -> str:
    done = subprocess.run(
        [shell, "-c", text],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": str(cwd)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def files(prefix: Path) -> dict[str, object]:
    """What a prefix holds, apart from records of the installation."""
    rows = content(prefix)
    return {
        path: found
        for path, found in rows.items()
        if path not in BOOKKEEPING
        and not path.startswith("conda-meta/")
        and not path.endswith(("/RECORD", "direct_url.json", "uv_cache.json", "uv_build.json"))
        and "mine" not in path
    }


def test_a_pack_becomes_what_an_installation_at_that_path_would_be(
    workspace: Path, wisp: CommandLine, cold_wisp: CommandLine, tmp_path: Path
) -> None:
    made = pack(wisp, workspace)
    file = workspace / "environment.tar"
    assert made["path"] == str(file)
    assert made["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert {"pixi-pack.json", "environment.yml"} <= set(names(file))
    # Another user, without a cache, elsewhere.
    target = tmp_path / "there"
    told = cold_wisp("unpack", str(file), "-o", str(target), "--json", cwd=tmp_path).success()
    found = json.loads(told.stdout)
    assert {one["name"] for one in found["packages"]} == {one["name"] for one in made["packages"]}
    assert sorted(os.listdir(target)) == ["activate.sh", "env"]
    lines = sh(
        ". ./activate.sh; command -v python; greeter; pytool; prefixed; cat $CONDA_PREFIX/share/"
        "legacy.txt; python -c 'import rich, mine, sys; print(sys.prefix)'",
        target,
    ).splitlines()
    env = target / "env"
    assert lines[0] == f"{env}/bin/python"
    assert f"{env}/share" in lines
    assert lines[-1] == str(env)
    unpacked = files(env)
    # The same path, but installed.
    env.rename(tmp_path / "before")
    config = tmp_path / "config.toml"
    config.write_text(f'detached-environments = "{tmp_path / "detached"}"\n')
    wisp("install", "--config-file", str(config), cwd=workspace).success()
    (installed,) = (tmp_path / "detached").glob("*/envs/default")
    shapes = {path: type(one) for path, one in files(installed).items()}
    assert {path: type(one) for path, one in unpacked.items()} == shapes


def test_the_same_lock_gives_the_same_bytes(
    workspace: Path, wisp: CommandLine, cold_wisp: CommandLine, tmp_path: Path
) -> None:
    manifest = workspace / "pixi.toml"
    # What its back-end makes is another file each time.
    manifest.write_text(manifest.read_text().replace("mine = {", "# mine = {"))
    for form in ((), ("--format", "prefix"), ("--create-executable",)):
        first = pack(wisp, workspace, "-o", "one", *form)
        second = pack(cold_wisp, workspace, "-o", str(tmp_path / "two"), *form)
        assert first["sha256"] == second["sha256"], form
        # No image takes it for code.
        assert is_product(workspace / "one", False), form
        assert first["size"] == (tmp_path / "two").stat().st_size


def test_any_platform_of_the_lock_is_packed_from_here(
    workspace: Path, wisp: CommandLine, tmp_path: Path
) -> None:
    made = pack(wisp, workspace, "--platform", "osx-arm64", "-o", "mac.tar")
    assert made["platform"] == "osx-arm64"
    assert "channel/noarch/greeter-1.1-0.conda" in names(workspace / "mac.tar")
    refused = wisp("unpack", "mac.tar", cwd=workspace)
    assert refused.code == 1
    assert "the pack is for 'osx-arm64'" in refused.stderr
    assert not (workspace / "env").exists()
    moved = wisp("pack", "--platform", "osx-arm64", "--format", "prefix", cwd=workspace)
    assert moved.code == 2
    assert "cannot be moved" in moved.stderr


def test_what_is_injected_goes_along_if_it_fits(
    workspace: Path, wisp: CommandLine, tmp_path: Path
) -> None:
    fits, unfit = "extra-1.0-0.conda", "unfit-1.0-0.conda"
    (workspace / fits).write_bytes(tiny("extra", "1.0", "greeter >=1").pack())
    (workspace / unfit).write_bytes(tiny("unfit", "1.0", "greeter >=2", "absent").pack())
    wheel = make_wheel(workspace, "added", requires=["rich>=13"])
    poor = make_wheel(workspace, "poor", requires=["rich>=99", "absent", "no ; python_version<'3'"])
    made = pack(wisp, workspace, "-i", fits, "-i", wheel.name)
    assert {"extra", "added"} <= {one["name"] for one in made["packages"]}
    wisp("unpack", "-o", "out", cwd=workspace).success()
    assert (workspace / "out/env/share/extra.txt").is_file()
    assert sh(". out/activate.sh; python -c 'import added'", workspace) == ""
    failed = wisp("pack", "-i", unfit, "-i", poor.name, cwd=workspace)
    assert failed.code == 1
    assert "unfit 1.0 needs `greeter >=2`, but there is 1.1 0" in failed.stderr
    assert "unfit 1.0 needs `absent`, which is not there" in failed.stderr
    assert "poor needs `rich>=99`, but there is 13.9.4" in failed.stderr
    assert "poor needs `absent`, which is not there" in failed.stderr
    assert "`no" not in failed.stderr
    odd = wisp("pack", "-i", "pixi.toml", cwd=workspace)
    assert odd.code == 1
    assert "neither a conda package nor a wheel" in odd.stderr


def test_a_package_without_a_wheel_is_refused_or_left_out(
    workspace: Path, wisp: CommandLine
) -> None:
    manifest = workspace / "pixi.toml"
    manifest.write_text(manifest.read_text() + 'forge-source = "*"\n')
    refused = wisp("pack", cwd=workspace)
    assert refused.code == 1
    assert "`forge-source` is locked as sources" in refused.stderr
    done = wisp("pack", "--ignore-pypi-non-wheel", cwd=workspace).success()
    assert "left out, since they have no wheels: forge-source" in done.stderr
    assert not any("forge_source" in name for name in names(workspace / "environment.tar"))


def test_a_folder_of_downloads_serves_the_next_pack_offline(
    workspace: Path, wisp: CommandLine, tmp_path: Path
) -> None:
    manifest = workspace / "pixi.toml"
    manifest.write_text(manifest.read_text().replace("mine = {", "# mine = {"))
    first = pack(wisp, workspace, "--use-cache", "kept")
    kept = workspace / "kept" / "noarch" / "greeter-1.1-0.conda"
    assert kept.is_file()
    offline = ("--frozen", "--offline")
    assert wisp("pack", *offline, cwd=workspace).code == 1
    assert pack(wisp, workspace, "--use-cache", "kept", *offline)["sha256"] == first["sha256"]
    # What was damaged there is fetched anew.
    kept.write_bytes(b"odd")
    damaged = wisp("pack", "--use-cache", "kept", *offline, cwd=workspace)
    assert damaged.code == 1
    assert "greeter-1.1-0.conda" in damaged.stderr
    assert pack(wisp, workspace, "--use-cache", "kept")["sha256"] == first["sha256"]
    assert kept.stat().st_size > 3


def test_a_prefix_lies_anywhere_and_can_be_moved_again(
    workspace: Path, wisp: CommandLine, tmp_path: Path
) -> None:
    pack(wisp, workspace, "--format", "prefix", "-o", "p.tar.gz")
    place = tmp_path / "environment"
    place.mkdir()
    sh(f"tar -xzf {workspace}/p.tar.gz -C {place}", tmp_path)
    # As clusters use it: unpacked, and nothing else.
    assert sh("./environment/bin/python -c 'import rich; print(1)'", tmp_path) == "1\n"
    assert sh("./environment/bin/pytool; ./environment/bin/pygmentize -V", tmp_path).startswith(
        "pytool 2.0\nPygments "
    )
    moved = tmp_path / "a b&c#'d"
    for one in (place, moved):
        if one is moved:
            place.rename(moved)
        sh("bin/conda-unpack", one)
        text = (one / "share/prefixed/where.txt").read_text()
        assert text == f"{one}/share\n"
        image = (one / "share/prefixed/where.bin").read_bytes()
        assert image.startswith(b"\0forge\0" + os.fsencode(one) + b"/share\0\0")
        assert image.endswith(b"\0end\0")
        assert len(image) == len(b"\0forge\0/share\0end\0") + 255
        kept = (path for path in one.rglob("*") if path.is_file() and path.suffix != ".pyc")
        left = [path for path in kept if _names(path, place, moved)]
        assert left == []
        assert (one / "share/linked/alias.txt").read_text() == "real\n"
        for shell in ("bash",):
            lines = sh(". ./bin/activate; pytool; echo $CONDA_PREFIX", one, shell).splitlines()
            assert lines == ["pytool 2.0", str(one)]


def _names(path: Path, place: Path, moved: Path) -> bool:
    found = path.read_bytes()
    return b"wisp_stands_here" in found or (moved.exists() and os.fsencode(f"{place}/") in found)


def test_a_script_unpacks_itself_without_any_tool(
    workspace: Path, wisp: CommandLine, tmp_path: Path
) -> None:
    pack(wisp, workspace, "--create-executable")
    script = workspace / "environment.sh"
    assert os.access(script, os.X_OK)
    assert "Usage" in sh(f"{script} --help", tmp_path)
    out = tmp_path / "it's here"
    sh(f'{script} -o "{out}" -e mine', tmp_path)
    assert sorted(os.listdir(out)) == ["activate.sh", "mine"]
    for shell in ("bash", "sh"):
        text = f'. "{out}/activate.sh"; greeter; python -c "import sys; print(sys.prefix)"'
        assert sh(text, tmp_path, shell).splitlines()[1:] == [f"{out}/mine"]
    again = subprocess.run(
        [script, "-o", out, "-e", "mine"], capture_output=True, text=True, check=False
    )
    assert again.returncode == 1
    assert "is there already" in again.stderr
    # Cut on its way.
    (tmp_path / "cut.sh").write_bytes(script.read_bytes()[:-5000])
    cut = subprocess.run(
        ["sh", tmp_path / "cut.sh", "-o", tmp_path / "none"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert cut.returncode == 1
    assert "is damaged" in cut.stderr
    assert list((tmp_path / "none").iterdir()) == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell", "nushell", "xonsh"])
def test_there_is_a_script_for_each_shell(shell: str, small: Path, wisp: CommandLine) -> None:
    pack(wisp, small, "-p", "linux-64")
    wisp("unpack", "-s", shell, "-e", "my env", cwd=small).success()
    (script,) = small.glob("activate.*")
    assert str(small / "my env") in script.read_text()


def test_what_is_there_is_left_alone(workspace: Path, wisp: CommandLine) -> None:
    pack(wisp, workspace)
    (workspace / "env").mkdir()
    (workspace / "env" / "mine.txt").write_text("mine")
    refused = wisp("unpack", cwd=workspace)
    assert refused.code == 2
    assert "is there already" in refused.stderr
    assert (workspace / "env" / "mine.txt").read_text() == "mine"
    for name in ("..", "a/b", ""):
        assert wisp("unpack", "-e", name, cwd=workspace).code == 2
    missing = wisp("unpack", "none.tar", "-e", "other", cwd=workspace)
    assert missing.code == 1
    assert "none.tar" in missing.stderr
    assert [path for path in workspace.glob(".*") if "unpacking" in path.name] == []


def test_a_damaged_pack_is_refused_before_anything_is_made(
    workspace: Path, wisp: CommandLine, tmp_path: Path
) -> None:
    pack(wisp, workspace)
    whole = (workspace / "environment.tar").read_bytes()
    at = whole.index(b"PK")  # in the first package
    (workspace / "bad.tar").write_bytes(whole[: at + 40] + b"\xff" + whole[at + 41 :])
    bad = wisp("unpack", "bad.tar", cwd=workspace)
    assert bad.code == 1
    assert "does not have the digest" in bad.stderr
    (workspace / "cut.tar").write_bytes(whole[: len(whole) // 2])
    cut = wisp("unpack", "cut.tar", cwd=workspace)
    assert cut.code == 1
    assert not (workspace / "env").exists()
    assert not (workspace / "activate.sh").exists()


def test_credentials_are_in_no_pack(
    workspace: Path, wisp: CommandLine, forge_server: Server
) -> None:
    manifest = workspace / "pixi.toml"
    text = manifest.read_text().replace("http://", "http://me:sw0rdfish@")
    manifest.write_text(text)
    for form in ((), ("--format", "prefix")):
        made = pack(wisp, workspace, *form)
        with tarfile.open(made["path"]) as archive:
            for member in archive:
                file = archive.extractfile(member) if member.isreg() else None
                assert file is None or b"sw0rdfish" not in file.read(), member.name


def test_a_package_of_a_local_channel_is_packed(small: Path, wisp: CommandLine) -> None:
    made = pack(wisp, small)
    assert {one["name"] for one in made["packages"]} == {"greeter", "greeter-words"}

"""Link scripts that really run, in a root of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from wisp.errors import HostError, InstallError
from wisp.image.entries import LayerEntry
from wisp.image.link_scripts import ScriptRun, run_link_scripts, scripted_packages
from wisp.specs.records import CondaRecord

Scripted = Callable[..., dict[str, LayerEntry]]


def record(name: str) -> CondaRecord:
    return CondaRecord(
        location=f"https://example.org/{name}-1-0.conda",
        channel="https://example.org",
        name=name,
        version="1.5",
        build="0",
        build_number=3,
        subdir="linux-64",
    )


def can_unshare() -> bool:
    if shutil.which("unshare") is None:
        return False
    words = ["unshare", "--mount", *(() if os.geteuid() == 0 else ("--user", "--map-root-user"))]
    return subprocess.run([*words, "true"], capture_output=True, check=False).returncode == 0


needs_mounts = pytest.mark.skipif(not can_unshare(), reason="no mounts may be made here")


@pytest.fixture
def scripted(tmp_path: Path) -> Scripted:
    """Give a prefix with these scripts, run them, and return what a layer would have, by path."""
    folder = tmp_path / "staged"
    (folder / "bin").mkdir(parents=True)
    (folder / "share").mkdir()
    (folder / "share" / "kept.txt").write_text("kept\n")
    (folder / "share" / "old.txt").write_text("old\n")

    def run(*scripts: tuple[str, str], place: str = "/opt/conda") -> dict[str, LayerEntry]:
        for name, text in scripts:
            (folder / "bin" / f".{name}-post-link.sh").write_text(text)
        scratch = tmp_path / "scratch"
        scratch.mkdir()
        found = run_link_scripts(
            ScriptRun(
                folder=folder,
                place=place,
                records=tuple(record(name) for name, _ in scripts),
                time=0,
                scratch=scratch,
            ),
            lambda path: "dropped" not in path,
        )
        return {entry.path: entry for entry in found}

    return run


def test_packages_with_scripts_are_known_by_their_files() -> None:
    paths = [
        "bin/.b-post-link.sh",
        "bin/.a-post-link.sh",
        "bin/.c-pre-unlink.sh",
        "x/.d-post-link.sh",
    ]
    assert scripted_packages(paths) == ("a", "b")


@needs_mounts
def test_what_scripts_write_change_and_remove_is_the_layer(
    scripted: Scripted, tmp_path: Path
) -> None:
    kept = tmp_path / "staged" / "share" / "kept.txt"
    found = scripted(
        ("one", 'echo "$PREFIX $PKG_NAME $PKG_VERSION $PKG_BUILDNUM" > "$PREFIX/share/said"\n'),
        (
            "two",
            'cd "$PREFIX/share"; cat said >> kept.txt; rm old.txt; ln -s said link; : > dropped\n',
        ),
    )
    assert set(found) == {
        "opt/conda/share/said",
        "opt/conda/share/kept.txt",
        "opt/conda/share/link",
        "opt/conda/share/.wh.old.txt",
    }
    said = found["opt/conda/share/said"].source
    assert said is not None
    assert said.read_text() == "/opt/conda one 1.5 3\n"
    assert found["opt/conda/share/link"].target == "said"
    # The prefix may share its files with the package cache.
    assert kept.read_text() == "kept\n"


@needs_mounts
def test_scripts_see_nothing_of_the_user_and_change_nothing_of_the_machine(
    scripted: Scripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APP_TOKEN", "canary")
    (tmp_path / "seen").write_text("canary\n")
    text = (
        f'cd "$PREFIX"; env > told; cat {tmp_path}/seen > seen 2>/dev/null || true\n'
        "ls -A /root /home > homes 2>/dev/null; : > /usr/wisp-was-here; : > /tmp/mine\n"
    )
    found = scripted(("curious", text))
    texts = [one.source.read_text() for one in found.values() if one.source]
    assert len(texts) == 3
    assert "canary" not in "".join(texts)
    assert not Path("/usr/wisp-was-here").exists()


@needs_mounts
def test_compiled_modules_of_changed_ones_are_hidden(scripted: Scripted, tmp_path: Path) -> None:
    lib = tmp_path / "staged" / "lib"
    (lib / "__pycache__").mkdir(parents=True)
    (lib / "m.py").write_text("A = 1\n")
    (lib / "__pycache__" / "m.cpython-311.pyc").write_bytes(b"compiled")
    found = scripted(("patch", 'echo "A = 2" > "$PREFIX/lib/m.py"\n'))
    hidden = "opt/conda/lib/__pycache__/.wh.m.cpython-311.pyc"
    assert set(found) == {"opt/conda/lib/m.py", hidden}


@needs_mounts
def test_a_script_that_fails_ends_it(scripted: Scripted) -> None:
    with pytest.raises(InstallError, match="`bad` failed with exit code 7") as caught:
        scripted(("bad", "echo why >&2; exit 7\n"))
    assert caught.value.causes == ("why",)


def test_a_prefix_among_the_files_of_the_system_is_refused(scripted: Scripted) -> None:
    with pytest.raises(HostError, match="cannot run here for an environment in `/usr/env`"):
        scripted(("one", "true\n"), place="/usr/env")

"""Commands that only look run no back-end of a project, and say how to get what needs one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.forks import Forks
from tests.sandbox import CommandLine, Home
from tests.tiny import channel, tiny
from tests.trees import content
from tools.forge.archive import text
from tools.forge.build import Forge
from wisp.activation.detect import told_by_ps
from wisp.activation.session import program
from wisp.engine.auth.oauth.browser import opener
from wisp.engine.process import found_program
from wisp.errors import ActivationError
from wisp.trust import elsewhere

pytestmark = pytest.mark.forked

#: Row 30 of the audit, and the forms of a rehearsal.
LOOKS = [
    ("list",),
    ("tree",),
    ("list", "--no-install"),
    ("lock", "--check"),
    ("lock", "--dry-run"),
    ("update", "--dry-run"),
    ("upgrade", "--dry-run"),
    ("workspace", "export", "conda-explicit-spec", "out"),
    ("workspace", "export", "conda-environment"),
]
SAFE = [("info",), ("task", "list"), ("list", "--frozen"), ("workspace", "environment", "list")]
#: What is answered without a build, from what is installed.
OF_AN_ENVIRONMENT = [
    *(("info",), ("info", "--json"), ("list",), ("list", "--json"), ("tree",), ("why", "good")),
    *(("task", "list"), ("search", "good"), ("outdated",), ("size",), ("doctor",), ("sbom",)),
    *(
        ("lock", "--check"),
        ("lock", "--dry-run"),
        ("update", "--dry-run"),
        ("upgrade", "--dry-run"),
    ),
    *(("run", "--dry-run", "t"), ("run", "--dry-run", "tool"), ("workspace", "feature", "list")),
    ("workspace", "export", "conda-explicit-spec", "../out"),
    ("workspace", "export", "conda-environment"),
    *(("workspace", "environment", "list"), ("workspace", "channel", "list"), ("trust", "--show")),
    *(("image", "plan"), ("config", "list"), ("global", "list"), ("kernels", "list")),
    *(
        ("complete", "--", *begun)
        for begun in (("",), ("run", ""), ("add", ""), ("shell", "-e", ""))
    ),
]
BACKEND = """\
import pathlib
pathlib.Path({ran!r}).write_text("ran")
def _made(folder):
    info = pathlib.Path(folder, "evil-1.dist-info")
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\\nName: evil\\nVersion: 1\\n")
    return info.name
def prepare_metadata_for_build_wheel(folder, settings=None):
    return _made(folder)
"""


@pytest.fixture(params=["isolated", "not isolated"])
def workspace(request: pytest.FixtureRequest, tmp_path: Path, forge: Forge) -> Path:
    folder = tmp_path / "w"
    folder.mkdir()
    options = "[pypi-options]\nno-build-isolation = true\n" if "not" in request.param else ""
    (folder / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{forge.url}"]\nplatforms = ["{forge.subdir}"]\n'
        '[tasks]\nt = "true"\n[dependencies]\npython = "*"\n'
        f'[pypi-dependencies]\nevil = {{ path = "." }}\n{options}'
    )
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "evil"\nbackend-path = ["."]\n'
    )
    (folder / "evil.py").write_text(BACKEND.format(ran=str(tmp_path / "ran")))
    (folder / "out").mkdir()
    return folder


def test_a_look_runs_no_back_end_and_writes_nothing(wisp: CommandLine, workspace: Path) -> None:
    ran = workspace.with_name("ran")
    before = sorted(path.name for path in workspace.rglob("*"))
    for words in LOOKS + SAFE:
        result = wisp(*words, cwd=workspace)
        assert not ran.exists(), words
        assert sorted(path.name for path in workspace.rglob("*")) == before, words
        assert "Traceback" not in result.stderr
        if words in LOOKS and "conda-environment" not in words:
            assert result.code == 1, words
            assert "wisp lock" in result.stderr, (words, result.stderr)


def test_what_is_no_look_builds(wisp: CommandLine, workspace: Path) -> None:
    wisp("lock", cwd=workspace).success()
    assert workspace.with_name("ran").exists()
    workspace.with_name("ran").unlink()
    # What uv has built once it knows.
    wisp("list", cwd=workspace).success()
    assert not workspace.with_name("ran").exists()


def test_a_look_runs_nothing_of_the_workspace_or_its_packages(
    forks: Forks, home: Home, wisp: CommandLine, tmp_path: Path
) -> None:
    ran, folder = tmp_path / "ran", tmp_path / "w"
    trap = f"touch {ran}\n"
    programs = ("python", "git", "bash", "env", "uv", "tool")
    files = [text(f"bin/{one}", f"#!/bin/sh\n{trap}", executable=True) for one in programs]
    files.append(text("etc/conda/activate.d/a.sh", trap))
    made = channel(tmp_path / "c", [tiny("good", files=tuple(files))])
    for place in (folder, tmp_path / "out"):
        place.mkdir()
    (folder / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{made.as_uri()}"]\nplatforms = ["linux-64"]\n'
        f'[tasks]\nt = "touch {ran}"\n[activation]\nscripts = ["a.sh"]\n'
        '[dependencies]\ngood = "*"\n'
    )
    (folder / "a.sh").write_text(trap)
    wisp("install", cwd=folder).success()
    before = content(folder)
    remembered = OF_AN_ENVIRONMENT[:5]
    for words in (*OF_AN_ENVIRONMENT, *remembered):
        done = forks.run(home, *words, cwd=folder)
        assert (done.code, ran.exists()) == (0, False), (words, done.stderr)
        assert content(folder) == before, words
    wisp("run", "tool", cwd=folder).success()
    assert ran.exists()


def plant(folder: Path, ran: Path) -> None:
    """Put programs into a folder that tell if they are run, under names that somebody looks for."""
    for name in ("nvidia-smi", "git", "uv", "bash", "env", "ps", "rm", "sh", "odd"):
        (folder / name).write_text(f"#!/bin/sh\n/usr/bin/touch {ran}\n")
        (folder / name).chmod(0o755)


PATHS = [":/usr/bin:/bin", "/usr/bin:/bin:", ".:/usr/bin:/bin", "bin"]


@pytest.mark.parametrize("path", PATHS)
def test_no_program_is_taken_from_the_folder_one_stands_in(
    wisp: CommandLine, tmp_path: Path, path: str
) -> None:
    """A `PATH` with a colon too many, or with `.`, is no reason to run a stranger's programs."""
    ran, folder, new = tmp_path / "ran", tmp_path / "w", tmp_path / "new"
    for place in (folder, folder / "bin", new, new / "bin"):
        place.mkdir()
        plant(place, ran)
    (folder / "pixi.toml").write_text(
        '[workspace]\nname = "w"\nchannels = []\nplatforms = ["linux-64"]\n[tasks]\nt = "true"\n'
    )
    words = [("info",), ("task", "list"), ("list",), ("run", "--dry-run", "t"), ("doctor",)]
    for look in [*words, ("init", str(new)), ("shell",)]:
        done = wisp(*look, cwd=folder, env={"PATH": path})
        assert not ran.exists(), look
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("path", [*PATHS, ""])
def test_each_search_leaves_out_the_folder_one_stands_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """Whoever looks for a program, and what that finds itself."""
    ran, environ = tmp_path / "ran", {"PATH": path}
    (tmp_path / "bin").mkdir()
    for place in (tmp_path, tmp_path / "bin"):
        plant(place, ran)
    monkeypatch.chdir(tmp_path)
    assert found_program("odd", environ) is None
    with pytest.raises(ActivationError):
        program("odd", environ)
    assert told_by_ps(os.getpid(), environ) in ("", told_by_ps(os.getpid(), {}))
    for words in ("odd", "/bin/sh -c odd"):
        opening = opener({**environ, "BROWSER": words})
        assert opening is not None
        child = opening.open("https://example.org")
        assert child is None or child.wait() != 0
    assert not ran.exists()


def test_where_no_search_path_is_left_that_of_the_system_holds_no_folder_one_stands_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """That of Windows begins with `.`."""
    monkeypatch.setattr(os, "defpath", ".:/bin")
    assert [elsewhere(path) for path in ("", ".", "bin:", "/usr/bin:.")] == [
        *(("/bin",) * 3),
        "/usr/bin",
    ]

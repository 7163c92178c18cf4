"""The script that stands for conda, run by real shells on a made-up environment."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from wisp.image.sagemaker import conda_shim, names_of

SHELLS = [
    pytest.param(name, marks=pytest.mark.skipif(not shutil.which(name), reason="not here"))
    for name in ("sh", "dash", "bash")
]


class Shim:
    def __init__(self, prefix: Path, shell: str) -> None:
        self.prefix = prefix
        self._command = (shell, str(prefix / "bin" / "conda"))

    def __call__(self, *words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        command = (*self._command, *words)
        return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture(params=SHELLS)
def shim(request: pytest.FixtureRequest, tmp_path: Path) -> Shim:
    prefix = tmp_path / "my env"
    meta, site = prefix / "conda-meta", prefix / "lib" / "python3.12" / "site-packages"
    for folder in (meta, site, prefix / "bin"):
        folder.mkdir(parents=True)
    for name in ("python-3.12.4-h1_0", "typing-extensions-4.12.2-hd8ed1ab_0"):
        (meta / f"{name}.json").write_text("{}")
    channels = ("https://conda.anaconda.org/conda-forge/", "https://me:canary@x.org/t/canary/main")
    for name, installer in (
        ("typing_extensions-4.12.2", "conda"),
        ("ruamel.yaml-0.18.6", "uv-pixi"),
        ("Zope_Interface-6.4", "uv-pixi"),
    ):
        (site / f"{name}.dist-info").mkdir()
        (site / f"{name}.dist-info" / "INSTALLER").write_text(installer)
    (prefix / "bin" / "conda").write_text(
        conda_shim(str(prefix), names_of("team", "prod"), channels)
    )
    return Shim(prefix, request.param)


def test_a_command_takes_the_place_of_the_shim(shim: Shim, tmp_path: Path) -> None:
    program = shim.prefix / "bin" / "tool"
    program.write_text('#!/bin/sh\nprintf "<%s>" "$PWD" "$CONDA_PREFIX" "$@"\nexit 7\n')
    program.chmod(0o755)
    words = ("-n", "prod", "--no-capture-output", "--live-stream", "--cwd", str(tmp_path))
    done = shim("run", *words, "tool", '{"a b": "c\'"}', "", "-n", "*")
    assert done.returncode == 7
    rows = (str(tmp_path), str(shim.prefix), '{"a b": "c\'"}', "", "-n", "*")
    assert done.stdout == "".join(f"<{row}>" for row in rows)
    assert done.stderr == ""


@pytest.mark.parametrize("name", ["prod", "team", "team:prod", "base", "sagemaker-runtime-env"])
def test_the_environment_has_several_names(shim: Shim, name: str) -> None:
    assert shim("run", "-n", name, "true").returncode == 0
    assert shim("run", f"--name={name}", "--", "false").returncode == 1


def test_another_environment_is_an_error(shim: Shim) -> None:
    for words in (("-n", "other"), ("-p", "/nowhere")):
        done = shim("run", *words, "true")
        assert done.returncode == 1
        assert done.stderr.startswith("ERROR: ")
        assert "Python " not in done.stderr


def test_an_export_names_all_packages_and_no_credentials(shim: Shim) -> None:
    done = shim("env", "export", "-p", str(shim.prefix), "--no-builds")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "name: prod",
        "channels:",
        "  - https://conda.anaconda.org/conda-forge",
        "  - https://x.org/main",
        "dependencies:",
        "  - python=3.12.4",
        "  - typing-extensions=4.12.2",
        "  - pip:",
        "      - Zope_Interface==6.4",
        "      - ruamel.yaml==0.18.6",
        f"prefix: {shim.prefix}",
    ]


def test_what_is_exported_here_is_satisfied_here(shim: Shim, tmp_path: Path) -> None:
    (tmp_path / "env.yml").write_text(shim("env", "export").stdout)
    for action in ("create", "update"):
        words = ("-n", "sagemaker-runtime-env", "--file", str(tmp_path / "env.yml"))
        done = shim("env", action, *words)
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("dependencies", "missing"),
    [
        ("- python", ""),
        ("- python=3.12", ""),
        ("- python==3.12.4", ""),
        ("- conda-forge::python=3.12.4=h1_0  # why", ""),
        ('- "python>=3.8,<4"', ""),
        ("- python=3.1", "python=3.1 is wanted"),
        ("- numpy", "numpy is not in"),
        ("- python\n- pip:\n  - ruamel_yaml==0.18.6\n  - zope.interface", ""),
        ("- pip:\n  - zope-interface==6.*", ""),
        ("- pip:\n  - zope-interface==6", "zope-interface==6 is wanted"),
        ("- pip:\n  - 'torch; python_version > \"3\"'", "torch is not in"),
        ("- pip:\n  - --index-url https://x\n  - zope.interface[test]>=6", ""),
        ("- pip:\n    - ruamel.yaml\n- numpy", "numpy is not in"),
        ("- pip:\n  - git+https://example.org/x", "cannot compare"),
        ("[python, numpy]", "has its dependencies on one line"),
    ],
)
def test_an_environment_file_is_compared(
    shim: Shim, tmp_path: Path, dependencies: str, missing: str
) -> None:
    text = f"name: x\nchannels:\n- conda-forge\ndependencies:\n{dependencies}\nprefix: /x\n"
    if dependencies.startswith("["):
        text = f"dependencies: {dependencies}\n"
    (tmp_path / "env.yml").write_text(text)
    done = shim("env", "update", "-n", "prod", "-f", str(tmp_path / "env.yml"))
    assert done.returncode == (1 if missing else 0), done.stderr
    assert missing in done.stderr


def test_lists_are_json_where_programs_ask(shim: Shim) -> None:
    assert json.loads(shim("env", "list", "--json").stdout) == {"envs": [str(shim.prefix)]}
    assert json.loads(shim("info", "--json").stdout)["conda_prefix"] == str(shim.prefix)
    assert shim("--version").stdout.startswith("conda ")


def test_what_would_change_the_environment_is_refused(shim: Shim) -> None:
    for words in (("install", "numpy"), ("env", "remove", "-n", "prod"), ()):
        done = shim(*words)
        assert done.returncode == 1
        assert "locked" in done.stderr

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from wisp.activation.variables import (
    Activation,
    activation_steps,
    cleaned,
    project_variables,
    read_prefix,
    without_prefix,
)
from wisp.compat import CompatLevel
from wisp.errors import ActivationError
from wisp.pack.activation_script import activation_script


def assigned(steps: Sequence[tuple[str, ...]]) -> dict[str, str]:
    return {step[1]: step[2] for step in steps if len(step) == 3}


def test_the_folders_of_the_prefix_come_before_those_of_the_caller(tmp_path: Path) -> None:
    steps = activation_steps(Activation("/p"), read_prefix("/p", ("sh",)), {"PATH": "/usr/bin"})
    assert assigned(steps)["PATH"] == "/p/bin:/usr/bin"


def test_the_level_counts_up_and_keeps_what_stood_before() -> None:
    caller = {"PATH": "/bin", "CONDA_SHLVL": "2", "CONDA_PREFIX": "/old", "MINE": "before"}
    activation = Activation("/p", env={"MINE": "new", "FRESH": "1"})
    values = assigned(activation_steps(activation, read_prefix("/p", ("sh",)), caller))
    assert values["CONDA_SHLVL"] == "3"
    assert values["CONDA_ENV_SHLVL_3_CONDA_PREFIX"] == "/old"
    assert values["CONDA_ENV_SHLVL_3_MINE"] == "before"
    assert "CONDA_ENV_SHLVL_3_FRESH" not in values
    assert "CONDA_ENV_SHLVL_3_PATH" not in values


def test_state_wins_over_env_vars_and_both_are_read_in_name_order(tmp_path: Path) -> None:
    folder = tmp_path / "etc/conda/env_vars.d"
    folder.mkdir(parents=True)
    (folder / "b.json").write_text(json.dumps({"ONE": "b", "TWO": "b", "NUMBER": 3}))
    (folder / "a.json").write_text(json.dumps({"ONE": "a"}))
    (folder / "ignored.txt").write_text("{")
    (tmp_path / "conda-meta").mkdir()
    (tmp_path / "conda-meta/state").write_text(json.dumps({"env_vars": {"TWO": "state"}}))
    assert read_prefix(str(tmp_path), ("sh",)).static == {"ONE": "b", "TWO": "state"}


def test_a_variable_of_a_package_is_no_command(tmp_path: Path) -> None:
    folder = tmp_path / "etc/conda/env_vars.d"
    folder.mkdir(parents=True)
    odd = {"X; touch PWN; Y": "1", "A=B": "1", "": "1", "A\nB": "1", "GOOD": "1"}
    (folder / "a.json").write_text(json.dumps(odd))
    assert read_prefix(str(tmp_path), ("sh",)).static == {"GOOD": "1"}
    assert "touch" not in activation_script(str(tmp_path), "bash")[1]


def test_only_scripts_of_the_shell_are_taken(tmp_path: Path) -> None:
    folder = tmp_path / "etc/conda/activate.d"
    folder.mkdir(parents=True)
    for name in ("b.sh", "a.sh", "c.fish"):
        (folder / name).write_text("")
    found = read_prefix(str(tmp_path), ("sh",)).activate
    assert [Path(path).name for path in found] == ["a.sh", "b.sh"]


def test_a_broken_variables_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "conda-meta").mkdir()
    (tmp_path / "conda-meta/state").write_text("{")
    with pytest.raises(ActivationError, match="conda-meta/state"):
        read_prefix(str(tmp_path), ("sh",))


def described(release: str = "0.77.0") -> dict[str, str]:
    return project_variables(
        root="/w",
        name="w",
        manifest="/w/pixi.toml",
        version=None,
        environment="test",
        platforms=("linux-64", "osx-arm64"),
        executable="/bin/wisp",
        level=CompatLevel(release),
    )


def test_environments_other_than_default_show_their_name() -> None:
    values = described()
    assert values["PIXI_PROMPT"] == "(w:test) "
    assert values["CONDA_DEFAULT_ENV"] == "w:test"
    assert values["PIXI_PROJECT_VERSION"] == "NO_VERSION_SPECIFIED"
    assert values["PIXI_ENVIRONMENT_PLATFORMS"] == "linux-64,osx-arm64"


def test_the_workspace_has_two_names_since_pixi_0_82() -> None:
    assert not any(name.startswith("PIXI_WORKSPACE_") for name in described("0.78.0"))
    values = described("0.82.0")
    for word in ("ROOT", "NAME", "MANIFEST", "VERSION"):
        assert values[f"PIXI_WORKSPACE_{word}"] == values[f"PIXI_PROJECT_{word}"]


def test_leaving_a_prefix_takes_its_folders_out_of_path() -> None:
    assert without_prefix("/p/bin:/usr/bin:/p/bin", "/p") == "/usr/bin"


def test_a_clean_environment_keeps_only_who_and_where_one_is() -> None:
    assert cleaned({"HOME": "/h", "PATH": "/bin", "SECRET": "x"}) == {"HOME": "/h"}


@pytest.mark.parametrize("shell", [name for name in ("bash", "zsh", "fish") if shutil.which(name)])
def test_an_unpacked_environment_expands_what_packages_declare(tmp_path: Path, shell: str) -> None:
    prefix = tmp_path / "it's $(touch pwned)"
    variables = prefix / "etc" / "conda" / "env_vars.d"
    variables.mkdir(parents=True)
    (variables / "p.json").write_text('{"DATA": "$CONDA_PREFIX/share", "MORE": "${DATA}/x"}')
    script = tmp_path / "script"
    script.write_text(activation_script(str(prefix), shell)[1] + 'printf "%s|%s" "$DATA" "$MORE"\n')
    done = subprocess.run(
        [shell, str(script)], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{prefix}/share|{prefix}/share/x"
    assert list(tmp_path.rglob("pwned")) == []

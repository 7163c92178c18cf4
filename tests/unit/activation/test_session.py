from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from wisp.activation import cache
from wisp.activation.session import activate
from wisp.activation.variables import Activation
from wisp.engine.safe.root import Root
from wisp.errors import ActivationError

CALLER = {"PATH": "/usr/bin:/bin", "HOME": "/nowhere", "GONE": "soon"}


@pytest.fixture
def script(tmp_path: Path) -> Callable[..., str]:
    def make(text: str, name: str = "script.sh") -> str:
        path = tmp_path / name
        path.write_text(text)
        return str(path)

    return make


def test_without_scripts_no_shell_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.posix_spawn", None)
    changes = activate(Activation("/p", env={"A": "$HOME/a", "B": "$A/b"}), CALLER)
    assert changes.values["B"] == "/nowhere/a/b"


def test_a_value_beyond_names_is_expanded_by_bash() -> None:
    changes = activate(Activation("/p", env={"A": "$(echo hi) ${HOME:-x}"}), CALLER)
    assert changes.values["A"] == "hi /nowhere"


def test_scripts_run_in_order_and_may_unset(script: Callable[..., str]) -> None:
    first = script('export ONE="a\nb"; unset GONE; PLAIN=1; echo noise', "1.sh")
    second = script('export TWO="$ONE!"', "2.sh")
    changes = activate(Activation("/p", scripts=(first, second)), CALLER)
    assert changes.values["TWO"] == "a\nb!"
    assert "PLAIN" not in changes.values
    assert changes.removed == ("GONE",)
    assert "GONE" not in changes.applied_to(CALLER)


def test_a_tracing_script_does_not_disturb(script: Callable[..., str]) -> None:
    changes = activate(Activation("/p", scripts=(script("set -x; export A=1"),)), CALLER)
    assert changes.values["A"] == "1"


def test_a_failing_command_alone_is_no_failure(script: Callable[..., str]) -> None:
    changes = activate(Activation("/p", scripts=(script("false; export A=1"),)), CALLER)
    assert changes.values["A"] == "1"


def test_of_much_that_scripts_print_the_end_is_shown(script: Callable[..., str]) -> None:
    text = "for i in $(seq 1000); do echo line $i; done; echo why >&2; exit 3"
    with pytest.raises(ActivationError) as failed:
        activate(Activation("/p", scripts=(script(text),)), CALLER)
    lines = str(failed.value.causes[1]).splitlines()
    assert (lines[0], lines[-1], len(lines)) == ("… 981 lines before", "why", 21)


@pytest.mark.parametrize("text", ["echo why; exit 3", "set -e; echo why; (exit 3)"])
def test_a_script_that_ends_the_shell_fails_with_its_output(
    script: Callable[..., str], text: str
) -> None:
    with pytest.raises(ActivationError, match="failed to activate") as caught:
        activate(Activation("/p", scripts=(script(text),)), CALLER)
    assert any("status 3" in str(cause) for cause in caught.value.causes)
    assert "why" in caught.value.causes


def test_a_service_left_in_the_background_is_not_waited_for(script: Callable[..., str]) -> None:
    changes = activate(Activation("/p", scripts=(script("sleep 5 & export A=1"),)), CALLER)
    assert changes.values["A"] == "1"


def test_the_cache_answers_until_something_it_depends_on_changes(tmp_path: Path) -> None:
    path = str(tmp_path / "cache" / "activation_default.json")
    activation = Activation("/p", env={"A": "1"})
    cache.write(path, activation, "key", {"A": "1", "B": "2"}, CALLER, Root(tmp_path))
    assert cache.read(path, activation, "key", CALLER) == {"A": "1", "B": "2"}
    assert cache.read(path, activation, "other", CALLER) == {}
    assert cache.read(path, activation, "key", CALLER | {"B": "x"}) == {}
    assert cache.read(path, activation, "key", CALLER | {"C": "x"}) == {"A": "1", "B": "2"}
    Path(path).write_text("{")
    assert cache.read(path, activation, "key", CALLER) == {}


def test_the_cache_outlives_the_change_of_what_only_by_chance_is_equal(tmp_path: Path) -> None:
    path, activation = str(tmp_path / "cache" / "activation_default.json"), Activation("/p")
    caller = {"PWD": "/nowhere", "OLDPWD": "/nowhere"} | CALLER | {"LATER": "/nowhere"}
    values = {"A": "/nowhere/share"}
    cache.write(path, activation, "key", values, caller, Root(tmp_path))
    moved = {"PWD": "/else", "OLDPWD": "/else", "LATER": "/else"}
    assert cache.read(path, activation, "key", caller | moved) == values
    assert cache.read(path, activation, "key", caller | {"HOME": "/else"}) == {}


@pytest.mark.skipif(os.name == "nt", reason="owners and modes are those of POSIX")
@pytest.mark.parametrize("who", ["everybody", "a group", "another user"])
def test_a_cache_that_others_could_write_is_not_read(
    script: Callable[..., str], tmp_path: Path, who: str
) -> None:
    file = tmp_path / "cache" / "activation_default.json"
    activation = Activation(str(tmp_path / "prefix"), scripts=(script("export A=1"),))
    values = activate(activation, CALLER).values
    cache.write(str(file), activation, "key", values, CALLER, Root(tmp_path))
    assert cache.read(str(file), activation, "key", CALLER) == values
    if who == "another user":
        if os.geteuid():
            pytest.skip("to give a file away needs root")
        os.chown(file, 65534, 65534)
    else:
        file.chmod(0o602 if who == "everybody" else 0o620)
    assert cache.read(str(file), activation, "key", CALLER) == {}


def test_the_cache_keeps_no_value_of_the_callers(
    script: Callable[..., str], tmp_path: Path
) -> None:
    file = tmp_path / "cache" / "activation_default.json"
    text = "export A=x-$TOKEN-${TOKEN}y B=$OTHER$SHORT C=plain D=$HERE/share"
    activation = Activation(str(tmp_path / "prefix"), scripts=(script(text),))
    secrets = {"TOKEN": "s3cret-token", "OTHER": "s3cret"}
    caller = CALLER | secrets | {"SHORT": "abc", "HERE": str(tmp_path)}
    values = activate(activation, caller).values
    cache.write(str(file), activation, "key", values, caller, Root(tmp_path))
    kept = file.read_text()
    assert not [value for value in (*secrets.values(), caller["PATH"]) if value in kept]
    assert "plain" in kept
    assert cache.read(str(file), activation, "key", caller) == values
    assert values["A"] == "x-s3cret-token-s3cret-tokeny"
    assert values["D"] in kept  # which the place of the workspace says as well
    for name in secrets:
        assert cache.read(str(file), activation, "key", caller | {name: "changed"}) == {}
    del caller["TOKEN"]
    assert cache.read(str(file), activation, "key", caller) == {}

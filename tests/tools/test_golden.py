"""The golden runner: reading a checker's closing line, and the ratchet."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tools.golden import __main__ as golden
from tools.golden.checkers import (
    CHECKERS,
    Checker,
    Outcome,
    Sources,
    figure_with_explained,
    run,
    shell_figures,
)


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    return Sources(tmp_path, tmp_path, tmp_path, tmp_path)


def checker(sources: Sources, script: str) -> Checker:
    (sources.golden / "checker.py").write_text(script)
    return Checker("one", lambda _, executable: ["checker.py", executable])


def test_the_last_closing_line_counts(sources: Sources) -> None:
    script = "print('3/4 drafts agree'); print('noise 9/9'); print('2/4 cases agree')"
    (outcome,) = run(checker(sources, script), sources, Path("exe"))
    assert (outcome.agreed, outcome.total) == (2, 4)


def test_a_checker_without_a_figure_keeps_what_it_said(sources: Sources) -> None:
    (outcome,) = run(checker(sources, "raise SystemExit('no such file')"), sources, Path("exe"))
    assert outcome.agreed is None
    assert "no such file" in outcome.said


def test_the_executable_is_handed_on(sources: Sources) -> None:
    script = "import sys; print('1/1 cases' if sys.argv[1] == 'exe' else '0/1 cases')"
    (outcome,) = run(checker(sources, script), sources, Path("exe"))
    assert outcome.agreed == 1


def test_served_checkers_run_below_the_channel_server(sources: Sources) -> None:
    (locks,) = [checker for checker in CHECKERS if checker.name == "locks-keep"]
    command = locks.command(sources, Path("exe"))
    assert command[:2] == [sys.executable, str(sources.repodata / "serve.py")]
    assert command[-1] == "--keep"


def test_figures_are_only_ever_raised() -> None:
    outcomes = [
        Outcome("shell", 9, 10, 1.0, ""),
        Outcome("edits", 3, 10, 1.0, ""),
        Outcome("locks", None, 0, 1.0, "broken"),
    ]
    floors = {"shell": 7, "edits": 5, "locks": 2}
    assert golden.raised(floors, outcomes) == {"shell": 9, "edits": 5, "locks": 2}


def test_an_absent_folder_is_said_and_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["golden", "--golden", str(tmp_path / "absent")])
    assert golden.main() == 0
    assert "nothing was checked" in capsys.readouterr().out


def test_cases_that_differ_in_stderr_alone_count_for_the_lenient_figure() -> None:
    stdout = (
        "--- a: 'x'\n    stderr: want 'e'\n            have 'f'\n"
        "--- b: 'y'\n    stdout: want '1'\n            have '2'\n    stderr: want 'e'\n"
        "8/10 cases agree\n"
    )
    assert shell_figures("shell", stdout) == {"shell": (9, 10), "shell-strict": (8, 10)}
    assert shell_figures("shell", "Traceback") == {}


def test_a_line_of_help_that_pixi_does_not_have_is_no_difference() -> None:
    helped = r"""--- c: 'if'
    stderr: want 'Error: no\n'
            have 'Error: no\n  help: write a script\n'
--- d: 'then'
    stderr: want 'Error: no\n'
            have 'Error: yes\n  help: write a script\n'
8/10 cases agree
"""
    assert shell_figures("shell", helped)["shell-strict"] == (9, 10)


def test_a_difference_that_is_explained_counts_as_agreeing() -> None:
    said = (
        "--- rpl-cmu__form__ros version-set\n    want …\n    have …\n"
        "--- somebody__else version-set\n    want …\n    have …\n"
        "4033/4035 edits agree byte for byte\n"
    )
    assert figure_with_explained("edits", said) == {"edits": (4034, 4035)}
    assert figure_with_explained("tools", said) == {"tools": (4033, 4035)}

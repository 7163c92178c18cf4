"""The folder of shell cases: each file is a family, each `[[case]]` a script and its answer.

Keys of a case: `name`, `script`; `files` (path to text, made before), `input` (standard input),
`env` (more variables); then what is expected: `stdout`, `stderr` (exactly), `stderr_has` (a
part of it), `code`, `after` (files that are new or different: text, or `false` for gone; folders
end in `/` and are listed when they are new and empty), `syntax` (the error, as Pixi words it).
What is not given must be empty or 0. `<DIR>` stands for the folder, `<HOME>` for the home.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

import pytest

from wisp.taskshell.errors import ShellSyntaxError
from wisp.taskshell.parser import parse
from wisp.taskshell.shell import Shell

FOLDER = Path(__file__).parents[2] / "cases" / "shell"
KEYS = {
    *("name", "script", "files", "input", "env"),
    *("stdout", "stderr", "stderr_has", "code", "after", "syntax"),
}
CASES = [
    pytest.param(case, id=f"{family.stem}: {case['name']}")
    for family in sorted(FOLDER.glob("*.toml"))
    for case in tomllib.loads(family.read_text("utf-8"))["case"]
]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the cases use tools of POSIX")


@pytest.mark.parametrize("case", CASES)
def test_script_behaves_as_documented(case: dict[str, Any], tmp_path: Path) -> None:
    assert case.keys() <= KEYS
    if "syntax" in case:
        with pytest.raises(ShellSyntaxError) as caught:
            parse(case["script"])
        assert str(caught.value) == case["syntax"].rstrip("\n")
        return
    folder, home = tmp_path / "w", tmp_path / "home"
    home.mkdir()
    write_files(folder, case.get("files", {}))
    before = listing(folder)
    code, stdout, stderr = run(case, folder, home)
    changes: dict[str, Any] = {
        path: text for path, text in listing(folder).items() if before.get(path) != text
    }
    changes |= {path: False for path in before if not os.path.lexists(folder / path)}
    expected = case.get("stdout", ""), case.get("code", 0), case.get("after", {})
    assert (stdout, code, changes) == expected, stderr
    if "stderr_has" in case:
        assert case["stderr_has"] in stderr
    else:
        assert stderr == case.get("stderr", "")


def test_there_are_plenty_of_cases_and_no_two_of_a_name() -> None:
    names = [parameter.id for parameter in CASES]
    assert len(names) >= 300
    assert len(names) == len(set(names))


def write_files(folder: Path, files: dict[str, str]) -> None:
    folder.mkdir()
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith("/"):
            path.mkdir(exist_ok=True)
        elif text.startswith("-> "):
            path.symlink_to(text[3:])
        else:
            path.write_text(text, "utf-8")


def listing(folder: Path) -> dict[str, str]:
    found = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        elif not path.is_dir():
            found[name] = path.read_text("utf-8")
        elif not any(path.iterdir()):
            found[f"{name}/"] = ""
    return found


def run(case: dict[str, Any], folder: Path, home: Path) -> tuple[int, str, str]:
    scratch = home.parent
    (scratch / "in").write_text(case.get("input", ""), "utf-8")
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(home), "LC_ALL": "C.UTF-8"}
    with (
        open(scratch / "in", "rb") as stdin,
        open(scratch / "out", "w+b") as stdout,
        open(scratch / "err", "w+b") as stderr,
    ):
        shell = Shell(
            str(folder),
            environment | case.get("env", {}),
            stdin=stdin.fileno(),
            stdout=stdout.fileno(),
            stderr=stderr.fileno(),
        )
        code = shell.run(parse(case["script"]))
        texts = []
        for file in (stdout, stderr):
            file.seek(0)
            text = file.read().decode("utf-8")
            texts.append(text.replace(str(folder), "<DIR>").replace(str(home), "<HOME>"))
    return code, texts[0], texts[1]

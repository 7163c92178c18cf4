from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from wisp.image.entries import file_entry, text_file
from wisp.pack.relocation import (
    LONGEST,
    NOTE,
    PLACE,
    Mention,
    activate_script,
    mentions,
    unpack_script,
)

NAME = PLACE.encode()


def test_texts_and_binary_files_are_told_apart() -> None:
    several = b"\0a" + NAME + b"/x:" + NAME + b"/y\0" + NAME + b"\0"
    found = mentions(
        [
            text_file("a.txt", f"prefix={PLACE}\n"),
            text_file("none.txt", "nothing"),
            text_file("empty", ""),
            text_file("b.bin", several),
            text_file("end.bin", b"\0" + NAME + b"/z"),
        ]
    )
    assert list(found) == [
        Mention(path="a.txt"),
        Mention(path="b.bin", spots=((2, (b"/x:", b"/y")), (2 + 2 * LONGEST + 6, (b"",)))),
        Mention(path="end.bin", spots=((1, (b"/z",)),)),
    ]


ODD = b"/%s\\n'\"$`\xff\x01 end"
FILES = {
    "share/a.txt": f"#!{PLACE}/bin/x\nno {PLACE} & {PLACE}".encode(),
    "share/it's & more.txt": NAME + b"\n",
    "lib/b.bin": b"\x7fELF\0" + NAME + b"/lib:" + NAME + ODD + b"\0tail\0" + NAME + b"\0",
    "lib/end.bin": b"\0" + NAME,
}


def expected(content: bytes, prefix: bytes) -> bytes:
    if b"\0" not in content:
        return content.replace(NAME, prefix)
    rows = []
    for row in content.split(b"\0"):
        moved = row.replace(NAME, prefix)
        rows.append(moved + b"\0" * (len(row) - len(moved)))
    return b"\0".join(rows)


@pytest.fixture(params=["sh", "bash --posix"])
def moved(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, list[str]]:
    folder = tmp_path / "pre fix"
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / "share/a.txt").chmod(0o755)
    (folder / NOTE).parent.mkdir()
    (folder / NOTE).write_text(PLACE)
    (folder / "bin").mkdir()
    entries = [file_entry(folder / name, name) for name in FILES]
    (folder / "bin/conda-unpack").write_text(unpack_script(mentions(entries)))
    return folder, request.param.split()


def run(shell: list[str], folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [*shell, str(folder / "bin/conda-unpack"), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_all_files_name_the_new_place_also_after_a_move(moved: tuple[Path, list[str]]) -> None:
    folder, shell = moved
    for place in (folder, folder.with_name("oth$er#&\\.[x]*'\"")):
        if place != folder:
            folder.rename(place)
        done = run(shell, place)
        assert done.returncode == 0, done.stderr
        for name, content in FILES.items():
            assert (place / name).read_bytes() == expected(content, bytes(place)), name
        assert (place / "share/a.txt").stat().st_mode & 0o777 == 0o755
        assert run(shell, place).returncode == 0  # nothing to do


def test_a_place_can_be_named_before_the_move(moved: tuple[Path, list[str]]) -> None:
    folder, shell = moved
    assert run(shell, folder, "/srv/app").returncode == 0
    assert (folder / "lib/end.bin").read_bytes() == expected(FILES["lib/end.bin"], b"/srv/app")


@pytest.mark.parametrize("place", ["relative", "/" + "x" * LONGEST, "/a\nb"])
def test_a_place_that_cannot_be_is_refused(moved: tuple[Path, list[str]], place: str) -> None:
    folder, shell = moved
    done = run(shell, folder, place)
    assert done.returncode in (1, 2)
    assert "conda-unpack: " in done.stderr
    assert all((folder / name).read_bytes() == content for name, content in FILES.items())


def test_variables_of_packages_follow_the_place(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    script = tmp_path / "bin/activate"
    script.write_text(activate_script({"A": f"{PLACE}/share:{PLACE}", "B": "it's $HOME"}))
    done = subprocess.run(
        ["bash", "-euc", f'. "{script}"; printf "%s\\n" "$A" "$B" "$PATH"'],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "/usr/bin:/bin"},
    )
    path = f"{tmp_path}/bin:/usr/bin:/bin"
    assert done.stdout.splitlines() == [f"{tmp_path}/share:{tmp_path}", "it's $HOME", path]

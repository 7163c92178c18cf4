"""What is taken away from packages, and what is changed in them."""

from __future__ import annotations

import importlib.util
import json
import os
import py_compile
import subprocess
import sys
from pathlib import Path

import pytest

from wisp.errors import UsageError
from wisp.image.bytecode import lasting_header, source_of
from wisp.image.scrub import (
    clean_conda_record,
    clean_direct_url,
    clean_text,
    clean_url,
    clean_wheel_record,
)
from wisp.image.slim import SAFE, chosen_rules, keeps

DROPPED = {
    "static": ["lib/libz.a", "lib/python3.11/config/libpython3.11.a", "lib/libtool.la"],
    "headers": [
        "include/zlib.h",
        "lib/pkgconfig/z.pc",
        "share/pkgconfig/z.pc",
        "lib/cmake/z/z",
        "lib/python3.11/config-3.11-x86_64-linux-gnu/Makefile",
    ],
    "docs": ["share/man/man1/x.1", "share/doc/x/README", "share/info/dir", "man/man1/x.1"],
    "tests": ["lib/python3.11/test/t.py", "lib/python3.11/site-packages/numpy/tests/data/x"],
    "locale": ["share/locale/de/x.mo"],
    "pyi": ["lib/python3.11/site-packages/numpy/x.pyi"],
    "pyc": ["lib/python3.11/__pycache__/os.cpython-311.pyc"],
    "ensurepip": ["lib/python3.11/ensurepip/_bundled/pip-23.2.1-py3-none-any.whl"],
    "windows": ["lib/python3.11/site-packages/pip/_vendor/distlib/t64.exe"],
    # A part of files is left out, and no file.
    "debug": [],
}
KEPT = [
    "conda-meta/zlib.json",
    "lib/libz.so",
    "bin/wine.exe",
    "lib/python3.11/ensurepip/__init__.py",
    "lib/python3.11/site-packages/numpy/_core/include/numpy/x.h",
    "lib/python3.11/site-packages/numpy/testing/x.py",
    "lib/python3.11/site-packages/x/manual.py",
    "lib/python3.11/site-packages/only.pyc",
    "share/documents/x",
    "share/i18n/x",
]


@pytest.mark.parametrize("rule", DROPPED)
def test_a_rule_drops_its_files_and_no_others(rule: str) -> None:
    keep = keeps([rule])
    assert [path for path in DROPPED[rule] if keep(path)] == []
    others = [path for other, paths in DROPPED.items() if other != rule for path in paths]
    assert [path for path in (*others, *KEPT) if not keep(path)] == []


def test_words_stand_for_several_rules() -> None:
    assert chosen_rules(["safe"]) == SAFE
    assert chosen_rules(["none"]) == ()
    assert chosen_rules(["tests", "safe", "tests"]) == (*SAFE, "tests")
    assert set(chosen_rules(["all"])) == set(DROPPED)
    with pytest.raises(UsageError, match="`everything` is no rule"):
        chosen_rules(["everything"])


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://host/t/tk-secret/main/noarch/x.conda", "https://host/main/noarch/x.conda"),
        ("https://me:secret@host:8080/main", "https://host:8080/main"),
        ("https://host/x?sig=secret", "https://host/x"),
        ("https://host/t-shirts/x", "https://host/t-shirts/x"),
        ("file:///srv/t/secret/main", "file:///srv/main"),
        ("git+ssh://git@host/x", "git+ssh://host/x"),
        ("https://me:a/secret@host/x", "https://host/x"),
        ("https://host/%74/secret/x", "https://host/x"),
        ("https://host/t//secret/x", "https://host/x"),
        ("https://host/a;token=secret/x", "https://host/a/x"),
        ("https://host/x#token=secret", "https://host/x"),
        ("https://host/https://me:secret@there/x", "https://host/https://there/x"),
        ("https:/me:secret@host/x", "https://host/x"),
    ],
)
def test_urls_leave_without_credentials(url: str, clean: str) -> None:
    assert clean_url(url) == clean


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ('channels = ["https://me:secret@host/main"]', 'channels = ["https://host/main"]'),
        ("x = 'https://host/t/tk-secret/main' # a", "x = 'https://host/main' # a"),
        (
            'a = "https://one/x", b = "https://two/t/secret/y"',
            'a = "https://one/x", b = "https://two/y"',
        ),
        ("x = 'https://me:a@secret@host/main'", "x = 'https://host/main'"),
        ('x = "https://me:a\'secret@host/main"', 'x = "https://host/main"'),
        ('x = "https://host/c?token=secret"', 'x = "https://host/c"'),
        ('x = "https://host/c?a=1"', 'x = "https://host/c?a=1"'),
        ('x = "ssh://git@host/c"', 'x = "ssh://host/c"'),
        ('mail = "me@host", path = "/t/kept/x"', 'mail = "me@host", path = "/t/kept/x"'),
        (
            'authors = ["Me <me@host>"]\nurl = "https://host/a@b"',
            'authors = ["Me <me@host>"]\nurl = "https://host/a@b"',
        ),
    ],
)
def test_texts_leave_without_credentials(text: str, clean: str) -> None:
    assert clean_text(text) == clean


def test_a_conda_record_says_nothing_of_this_machine() -> None:
    record = {
        "name": "x",
        "url": "https://host/t/secret/main/noarch/x.conda",
        "channel": "https://u:secret@host/main/",
        "extracted_package_dir": "/home/me/pkgs/x",
        "package_tarball_full_path": "/home/me/pkgs/x.conda",
        "files": ["a"],
        "link": {"source": "/home/me/pkgs/x", "type": 3},
    }
    text = clean_conda_record(json.dumps(record).encode())
    assert b"secret" not in text
    assert b"/home/me" not in text
    assert json.loads(text) == {
        "name": "x",
        "url": "https://host/main/noarch/x.conda",
        "channel": "https://host/main/",
        "files": ["a"],
        "link": {"source": "", "type": 1},
    }


def test_origins_on_this_machine_stay_here_and_others_lose_secrets() -> None:
    local = {"url": "file:///home/me/lib", "dir_info": {}}
    assert clean_direct_url(json.dumps(local).encode()) is None
    remote = {"url": "https://u:secret@host/x.whl", "archive_info": {"hash": "sha256=1"}}
    text = clean_direct_url(json.dumps(remote).encode())
    assert text is not None
    assert json.loads(text)["url"] == "https://host/x.whl"
    plain = b'{"url":  "https://host/x.whl"}'
    assert clean_direct_url(plain) == plain


def test_a_wheel_record_is_right_after_its_files_changed() -> None:
    record = b'x.py,sha256=abc,3\n"a,b.py",,\nx-1.dist-info/direct_url.json,sha256=d,4\n'
    gone = clean_wheel_record(record, {"x-1.dist-info/direct_url.json": None})
    assert gone == b'x.py,sha256=abc,3\n"a,b.py",,\n'
    new = clean_wheel_record(record, {"x.py": b""})
    assert new.startswith(b"x.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n")


def test_a_compiled_module_stays_valid_when_times_are_lost(tmp_path: Path) -> None:
    source = tmp_path / "pkg_made.py"
    source.write_text("VALUE = 'from bytecode'\n")
    compiled = Path(importlib.util.cache_from_source(str(source)))
    py_compile.compile(str(source), cfile=str(compiled), doraise=True)
    packed = source.stat().st_mtime
    head = lasting_header(compiled, source, lambda: packed)
    assert head is not None
    assert len(head) == 16
    compiled.write_bytes(head + compiled.read_bytes()[16:])
    source.write_text("VALUE = 'from the source'\n")
    os.utime(source, (0, 0))
    code = "import pkg_made; print(pkg_made.VALUE)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "from bytecode\n"
    assert lasting_header(compiled, source, lambda: None) == b""


def test_a_stale_module_is_dropped(tmp_path: Path) -> None:
    source = tmp_path / "m.py"
    source.write_text("x = 1\n")
    compiled = tmp_path / "m.pyc"
    py_compile.compile(str(source), cfile=str(compiled), doraise=True)
    time = source.stat().st_mtime
    assert lasting_header(compiled, source, lambda: time + 5) is None
    assert lasting_header(compiled, source, lambda: None) is None
    source.write_text("x = 10\n")
    assert lasting_header(compiled, source, lambda: time) is None
    compiled.write_bytes(b"short")
    assert lasting_header(compiled, source, lambda: time) is None


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("lib/__pycache__/os.cpython-311.pyc", "lib/os.py"),
        ("__pycache__/a.cpython-312.opt-1.pyc", "a.py"),
        ("lib/only.pyc", None),
        ("lib/__pycache__/x.txt", None),
    ],
)
def test_the_source_of_a_module_is_beside_its_cache(path: str, source: str | None) -> None:
    assert source_of(path) == source

from __future__ import annotations

from pathlib import Path

import pytest

from wisp.engine.seahash import seahash
from wisp.engine.uv_cache import UvCache, cache_digest

#: An entry as uv writes it: fields, then the HTTP policy with the URL.
ENTRY = b"\x96\xa4demo\xa31.0\x91\xa4idna\xa5>=3.8\x90\xc2" + b"https://h/demo-1.0-py3-none-any.whl"


def put(file: Path, content: bytes = ENTRY) -> None:
    file.parent.mkdir(parents=True)
    file.write_bytes(content)


def test_seahash_gives_the_published_value() -> None:
    assert seahash(b"to be or not to be") == 1988685042348123509


def test_folders_are_named_as_uv_names_them() -> None:
    assert cache_digest("file:///src/x.tar.gz") != cache_digest("file:///src/y.tar.gz")
    assert len(cache_digest("file:///x")) == 16


NAME = "demo-1.0-py3-none-any.whl"
URL = f"https://h/{NAME}"


@pytest.mark.parametrize(
    "entry",
    [
        "pypi/demo/1.0-py3-none-any",
        "index/abc/demo/1.0-py3-none-any",
        "url/abc/demo/1.0-0123456789abcdef",
    ],
)
def test_a_wheel_is_found_by_its_file_name_or_by_its_url(tmp_path: Path, entry: str) -> None:
    put(tmp_path / f"wheels-v8/{entry}.msgpack")
    found = UvCache(tmp_path).wheel("demo", NAME, URL)
    assert found is not None
    assert found.requires_dist == ("idna",)
    assert found.requires_python == ">=3.8"


def test_a_wheel_of_another_url_is_not_taken(tmp_path: Path) -> None:
    put(tmp_path / "wheels-v8/pypi/demo/1.0-py3-none-any.msgpack")
    assert UvCache(tmp_path).wheel("demo", NAME, f"https://other/{NAME}") is None


def test_any_wheel_of_a_version_speaks_for_it(tmp_path: Path) -> None:
    put(tmp_path / "wheels-v8/pypi/demo/1.0-cp312-cp312-win_amd64.msgpack")
    assert UvCache(tmp_path).any_wheel("demo", "1.0") is not None
    assert UvCache(tmp_path).any_wheel("demo", "1.1") is None


def test_damaged_entries_are_no_entries(tmp_path: Path) -> None:
    put(tmp_path / "wheels-v8/pypi/demo/1.0-py3-none-any.msgpack", b"\x96\xa4de")
    assert UvCache(tmp_path).wheel("demo", NAME, URL) is None


def test_built_sources_are_found_by_name_url_and_commit(tmp_path: Path) -> None:
    url = "file:///src/demo"
    put(tmp_path / "sdists-v11/path" / cache_digest(url) / "rev/metadata.msgpack")
    put(tmp_path / "sdists-v11/pypi/demo/1.0/rev/metadata.msgpack")
    put(tmp_path / "sdists-v11/git/repo/0123456789abcdef/metadata.msgpack")
    cache = UvCache(tmp_path)
    assert cache.built("demo", url) is not None
    assert cache.built("other", url) is None
    assert cache.built("demo", "file:///src/elsewhere") is None
    assert cache.sdist("demo", "1.0") is not None
    assert cache.sdist("demo", "2.0") is None
    assert cache.checkout("demo", "0123456789abcdef0123456789abcdef01234567") is not None
    assert cache.checkout("demo", "f" * 40) is None

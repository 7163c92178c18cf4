from __future__ import annotations

from pathlib import Path

import pytest

from wisp.errors import UsageError
from wisp.image.outputs import check_output


@pytest.mark.parametrize("name", ["x.tar", "new", "empty", "layout", "image.v1", "odd.tar.d"])
def test_an_image_may_be_written_there(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "layout").mkdir()
    (tmp_path / "layout" / "oci-layout").touch()
    (tmp_path / "odd.tar.d").mkdir()
    check_output(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("folder.tar", "is a folder"),
        ("file", "is a file"),
        ("full", "is not empty and no image layout"),
        ("x.tar.gz", "no name for an archive"),
        ("x.tgz", "no name for an archive"),
        ("x.TAR.zst", "no name for an archive"),
        ("x.zip", "no name for an archive"),
    ],
)
def test_what_lies_there_or_is_called_otherwise_is_told_before(
    tmp_path: Path, name: str, why: str
) -> None:
    (tmp_path / "folder.tar").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").touch()
    with pytest.raises(UsageError, match=why):
        check_output(tmp_path / name)

from __future__ import annotations

import pytest

from wisp.console.secrets import without_secrets


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://me:secret@host/x and more", "https://***@host/x and more"),
        ("https://token@host", "https://***@host"),
        ("git+https://a:b@host/r.git", "git+https://***@host/r.git"),
        ("(http://host/t/secret/main/linux-64)", "(http://host/t/***/main/linux-64)"),
        ("http://u:p@host/t/secret/main", "http://***@host/t/***/main"),
        ("s3://key:secret@bucket/x", "s3://***@bucket/x"),
        ("no channel `Https:/u:secret@host`", "no channel `Https://***@host`"),
    ],
)
def test_secrets_of_urls_are_hidden(text: str, shown: str) -> None:
    assert without_secrets(text) == shown


@pytest.mark.parametrize(
    "text",
    ["https://host/a@b", "ssh://git@host/r.git", "see /t/x/y", "numpy @ https://host/x.whl", ""],
)
def test_all_else_stays(text: str) -> None:
    assert without_secrets(text) == text

"""Texts in the quotes of other languages: read back, they are what they were."""

from __future__ import annotations

import tomllib

from wisp.printable import toml_string


def test_every_character_reads_back_from_toml() -> None:
    every = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x110000, 7), 0x1F600, 0x10FFFF)))
    assert tomllib.loads(f"a = {toml_string(every)}") == {"a": every}
    assert tomllib.loads(f"{toml_string(every)} = 1") == {every: 1}

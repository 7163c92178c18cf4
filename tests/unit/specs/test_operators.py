"""Mistyped versions are answered with the nearest that can be read, and with nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from wisp.errors import ManifestError
from wisp.manifest.read import load_text
from wisp.specs.operators import meant

HEAD = '[workspace]\nname = "w"\nchannels = []\nplatforms = ["linux-64"]\n'


def is_specifier(text: str) -> bool:
    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        return False
    return True


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("=>1.0", "Did you mean '>=1.0'?"),
        ("=<2", "Did you mean '<=2'?"),
        ("=~1.4", "Did you mean '~=1.4'?"),
        ("=!2.1", "Did you mean '!=2.1'?"),
        (">=1,=<2", "Did you mean '>=1,<=2'?"),
        ("3.10+", "Did you mean '>=3.10'?"),
        ("3.10+,<3.11", "Did you mean '>=3.10,<3.11'?"),
        ("1.2.3", "Did you mean '==1.2.3'?"),
        ("≥1.2", "Did you mean '>=1.2'?"),
        ("> = 1.2", "Did you mean '>=1.2'?"),
        (">=1 <2", "Did you mean '>=1,<2'?"),
        (">=1 and <2", "Did you mean '>=1,<2'?"),
        (">=1 && <2", "Did you mean '>=1,<2'?"),
        ("^1.2.3", "Did you mean '>=1.2.3,<2'?"),
        ("^0.3.1", "Did you mean '>=0.3.1,<0.4'?"),
        ("^0.0.3", "Did you mean '>=0.0.3,<0.0.4'?"),
        ("^0", "Did you mean '>=0,<1'?"),
        ("~1.2", "Did you mean '>=1.2,<1.3'?"),
        ("~1.2.3", "Did you mean '>=1.2.3,<1.3'?"),
        ("~1", "Did you mean '>=1,<2'?"),
        ("=1.2", "Did you mean '==1.2'?"),
        ("3.x", "Did you mean '==3.*'?"),
        ("numpy>=1.2", "Did you mean '>=1.2'?"),
    ],
)
def test_the_nearest_is_offered(text: str, told: str) -> None:
    assert meant(text, is_specifier) == (told,)


@pytest.mark.parametrize("text", ["newest", "1..2", ">=", "", "a+", "1.0 or so"])
def test_nothing_is_offered_that_cannot_be_read_either(text: str) -> None:
    assert meant(text, is_specifier) == ()


@pytest.mark.parametrize(
    ("table", "text", "told"),
    [
        ("dependencies", "=>0.17", "Did you mean '>=0.17'?"),
        ("dependencies", "^1.4", "Did you mean '>=1.4,<2'?"),
        ("dependencies", "~1.4", "Did you mean '>=1.4,<1.5'?"),
        ("dependencies", "numpy>=1", "Did you mean '>=1'?"),
        ("pypi-dependencies", "^1.4", "Did you mean '>=1.4,<2'?"),
        ("dependencies", ">=1,=<2", "Did you mean '>=1,<=2'?"),
        ("pypi-dependencies", "=>0.17", "Did you mean '>=0.17'?"),
        ("pypi-dependencies", "3.10+", "Did you mean '>=3.10'?"),
    ],
)
def test_both_kinds_of_tables_do_so(table: str, text: str, told: str) -> None:
    with pytest.raises(ManifestError) as caught:
        load_text(f'{HEAD}[{table}]\nx = "{text}"\n', Path("/w/pixi.toml"))
    assert told in caught.value.hints

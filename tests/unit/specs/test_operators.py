"""Mistyped versions are answered with the nearest that can be read, and with nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from wisp.errors import ManifestError
from wisp.manifest.read import load_text
from wisp.manifest.requirements import is_specifier
from wisp.specs.operators import apart, meant
from wisp.specs.versions import is_version_spec

HEAD = '[workspace]\nname = "w"\nchannels = []\nplatforms = ["linux-64"]\n'


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


@pytest.mark.parametrize(
    ("text", "conda", "pypi"),
    [
        ("six==1.16", 'write six = "==1.16"', 'write six = "==1.16"'),
        ("ruamel.yaml >=0.18", 'write "ruamel.yaml" = ">=0.18"', 'write "ruamel.yaml" = ">=0.18"'),
        ("numpy=1.2", 'write numpy = "=1.2"', 'write numpy = "==1.2"'),
        ("numpy=1.2=py_0", None, None),
        ("six", None, None),
    ],
)
def test_a_version_in_a_name_is_written_apart_in_a_form_that_is_read(
    text: str, conda: str | None, pypi: str | None
) -> None:
    assert [*apart(text, is_version_spec), None][0] == conda
    assert [*apart(text, is_specifier), None][0] == pypi

"""What `workspace activation list` shows of which parts of a manifest."""

from __future__ import annotations

from pathlib import Path

import pytest

from wisp.api.views.activations import declared_activations
from wisp.console.activation_list import activation_blocks
from wisp.manifest.read import load_text

TEXT = """
[workspace]
name = "w"
channels = []
platforms = ["linux-64"]
[activation]
scripts = ["a.sh"]
env = { A = "1" }
[target.unix.activation]
env = { U = "2" }
[feature.f.activation]
scripts = ["f.sh"]
[environments.lab]
features = ["f"]
no-default-feature = true
[environments.lab.activation]
env = { L = "3" }
"""
BASE = ["Feature: default", "  scripts:", "    - a.sh", "  env:", '    A = "1"']
UNIX = ["Feature: default Target: unix", "  env:", '    U = "2"']
OTHER = ["Feature: f", "  scripts:", "    - f.sh"]
OWN = ["Environment: lab", "  env:", '    L = "3"']


@pytest.mark.parametrize(
    ("place", "lines"),
    [
        ({}, [*BASE, *UNIX, *OTHER, *OWN]),
        ({"feature": "f"}, OTHER),
        ({"feature": "default"}, [*BASE, *UNIX]),
        ({"environment": "lab"}, [*OTHER, *OWN]),
        ({"environment": "default"}, [*BASE, *UNIX]),
        ({"target": "unix"}, UNIX),
    ],
)
def test_parts_that_have_something_are_shown(place: dict[str, str], lines: list[str]) -> None:
    found = declared_activations(load_text(TEXT, Path("/w/pixi.toml"), "pixi"), **place)
    assert list(activation_blocks(found, scripts=True, variables=True)) == lines


def test_only_variables_or_only_scripts() -> None:
    found = declared_activations(load_text(TEXT, Path("/w/pixi.toml"), "pixi"), "f")
    assert list(activation_blocks(found, scripts=False, variables=True)) == []
    assert list(activation_blocks(found, scripts=True, variables=False)) == OTHER

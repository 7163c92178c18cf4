from __future__ import annotations

from pathlib import Path

import pytest

from wisp.exchange.kernelspec import kernel_of


@pytest.mark.parametrize(
    ("workspace", "environment", "name"),
    [
        ("My Shop", "default", "my-shop"),
        ("My Shop", "lab", "my-shop-lab"),
        ("../..", "default", "wisp"),
        ("..", "default", "wisp"),
        ("é", "default", "wisp"),
        # Notebooks of everybody ask for these, and would start in the workspace.
        ("python3", "default", "python3-wisp"),
        ("Python 3.12", "default", "python-3.12"),
        ("ir", "default", "ir-wisp"),
    ],
)
def test_the_name_of_a_kernel_comes_from_the_workspace(
    workspace: str, environment: str, name: str
) -> None:
    assert kernel_of(workspace, environment, Path("/w/pixi.toml")).name == name

"""Manifests that pages show are manifests: each is accepted as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools.docs.pages import DOCS
from wisp.manifest.read import load_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.manifest.model import ManifestKind

_TOML = re.compile(r"^```toml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_WHOLE = re.compile(r"^\[(tool\.pixi\.)?workspace\]$", re.MULTILINE)

SHOWN = [
    pytest.param(block, id=f"{page.relative_to(DOCS)}-{number}")
    for page in sorted(DOCS.rglob("*.md"))
    for number, block in enumerate(_TOML.findall(page.read_text(encoding="utf-8")))
    if _WHOLE.search(block)
]


@pytest.mark.parametrize("text", SHOWN)
def test_a_whole_manifest_of_a_page_is_accepted(text: str, tmp_path: Path) -> None:
    kind: ManifestKind = "pyproject" if "[tool.pixi" in text else "pixi"

    manifest = load_text(text, tmp_path / f"{kind}.toml", kind)

    assert "default" in manifest.environments

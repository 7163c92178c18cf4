"""Manifests: finding them, reading them into values, changing their text."""

from __future__ import annotations

from wisp.manifest.read import ScriptDefaults, load, load_text

__all__ = ["ScriptDefaults", "load", "load_text"]

"""Manifests: finding them, reading them into values, changing their text."""

"""Tests that need Docker, registries, other users or a browser: `make test-cloud`.

Without their tool they skip and name it.
"""

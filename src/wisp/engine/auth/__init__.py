"""Stored credentials: where they lie, which one is for a URL, and how it is sent."""

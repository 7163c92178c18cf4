"""Deeds and views of global tools, each a function of a `Tools`."""

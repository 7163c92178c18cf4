"""Environments in the formats of other tools: read from files of theirs, and written for them."""

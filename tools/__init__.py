"""Workbench: what builds, measures and shows wisp, none of it shipped."""

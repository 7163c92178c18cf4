"""Fuzzers guided by coverage, for what reads the texts of strangers."""

"""Environments as archives, for machines without a network."""

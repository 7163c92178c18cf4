"""Environments packed for elsewhere, and unpacked."""

"""The tests of wisp."""

"""Words of a command line that have to be names: checked before anything is opened.

Each takes a word and returns it as it is meant. All raise `ValueError`.
"""

from __future__ import annotations

_OF_ENVIRONMENTS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


def environment_name(text: str) -> str:
    """Read the name of an environment."""
    if not text or not _OF_ENVIRONMENTS.issuperset(text):
        raise ValueError(
            f"Failed to parse environment name '{text}', please use only lowercase letters, "
            "numbers and dashes"
        )
    return text


def feature_name(text: str) -> str:
    """Read the name of a feature."""
    if not text.strip():
        raise ValueError("the feature name may not be empty")
    return text


def script_path(text: str) -> str:
    """Read the path of an activation script."""
    if not text.strip():
        raise ValueError("the activation script path may not be empty")
    return text


def assignment(text: str) -> str:
    """Read `KEY=VALUE`; blanks around the key are not part of it."""
    key, mark, value = text.partition("=")
    key = key.strip()
    if not mark:
        raise ValueError(f"expected an assignment in the form KEY=VALUE, got '{text}'")
    if not key:
        raise ValueError(f"the variable name is missing in '{text}'")
    if not (key.isascii() and key.isidentifier()):
        raise ValueError(
            f"'{key}' is not a valid environment variable name; use letters, digits and "
            "underscores, not starting with a digit"
        )
    return f"{key}={value}"

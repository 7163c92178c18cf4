"""The register of workspaces that can be named from anywhere: `workspaces.toml` in the home."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from wisp.config import pixi_home
from wisp.engine.rewriting import rewrite
from wisp.errors import ConfigError
from wisp.foreign import place_of, toml_data
from wisp.manifest.edit.literals import key, literal
from wisp.specs.similarity import did_you_mean
from wisp.trust import found_text

_FILE = "workspaces.toml"
_TABLE = "named-workspaces"


def registry_file(environ: Mapping[str, str]) -> Path:
    """Return where the register lies."""
    return pixi_home(environ) / _FILE


def registered(name: str, environ: Mapping[str, str]) -> Path:
    """Return the folder of a registered workspace.

    Raises `ConfigError` when there is none of that name, or the register cannot be read.
    """
    names = all_registered(environ)
    if name not in names:
        listing = "use `pixi workspace register list` to view all available workspaces."
        raise ConfigError(
            f"could not find workspace '{name}'", hints=did_you_mean(name, names) or (listing,)
        )
    return names[name]


def all_registered(environ: Mapping[str, str]) -> dict[str, Path]:
    """Return the folders of registered workspaces by name.

    Raises `ConfigError` when the register cannot be read.
    """
    file = registry_file(environ)
    try:
        table = toml_data(found_text(file)).get(_TABLE, {})
        return {name: Path(path) for name, path in table.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        place = place_of(error, file)
        raise ConfigError(f"could not read `{file}`", causes=[str(error)], place=place) from error
    except (AttributeError, TypeError) as error:
        raise ConfigError(
            f"could not read `{file}`", causes=[f"`{_TABLE}` is no table of names and folders"]
        ) from error


def register(environ: Mapping[str, str], name: str, folder: Path, *, force: bool = False) -> bool:
    """Give a workspace a name; False when the name is taken and `force` is off."""
    names = all_registered(environ)
    if name in names and not force:
        return False
    _store(environ, {**names, name: folder})
    return True


def forget(environ: Mapping[str, str], name: str) -> None:
    """Take a name away. Raises `ConfigError` when it is not registered."""
    names = all_registered(environ)
    if names.pop(name, None) is None:
        raise ConfigError(f"Workspace '{name}' is not found.")
    _store(environ, names)


def prune(environ: Mapping[str, str]) -> list[str]:
    """Forget the workspaces whose folders are gone; return their names."""
    names = all_registered(environ)
    gone = [name for name, folder in names.items() if not folder.exists()]
    if gone:
        _store(environ, {name: names[name] for name in names if name not in gone})
    return gone


def lines(names: Mapping[str, Path]) -> list[str]:
    """Return the lines of TOML for registered workspaces, in the order given."""
    return [f"{key(name)} = {literal(str(folder))}" for name, folder in names.items()]


def _store(environ: Mapping[str, str], names: Mapping[str, Path]) -> None:
    rows = "".join(f"{line}\n" for line in lines(dict(sorted(names.items()))))
    rewrite(registry_file(environ), f"[{_TABLE}]\n{rows}")

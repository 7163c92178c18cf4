"""Names of files, folders and environment variables that wisp shares with Pixi, each once."""

from __future__ import annotations

#: Our own version.
VERSION = "0.1.0"
#: What we are called on the package index.
DISTRIBUTION = "wisp-env"

#: The index that a lock file means when it names none (lock format, key `index`).
DEFAULT_INDEX = "https://pypi.org/simple"

#: Where a channel given by its bare name lives.
CHANNEL_ALIAS = "https://conda.anaconda.org"

MANIFEST_NAMES = ("pixi.toml", "pyproject.toml", "mojoproject.toml")
LOCK_NAME = "pixi.lock"
SCRIPT_LOCK_SUFFIX = ".pixi.lock"
#: What may hold a block of metadata; notebooks only for us.
SCRIPT_SUFFIXES = (".py", ".pyw", ".ipynb")

#: Inside a workspace.
PIXI_DIR = ".pixi"
ENVS_DIR = "envs"
SOLVE_GROUP_ENVS_DIR = "solve-group-envs"
TASK_CACHE_DIR = "task-cache-v0"
ACTIVATION_CACHE_DIR = "activation-env-v0"
WORKSPACE_CONFIG = "config.toml"
#: Ours alone, below the user's cache: what the fast lane remembers of each workspace.
SNAPSHOTS_DIR = "wisp-snapshots"

#: Inside a prefix, below `conda-meta`.
CONDA_META = "conda-meta"
PREFIX_MARKER = "pixi"
PREFIX_FINGERPRINT = ".pixi-environment-fingerprint"
PREFIX_PATH_FILE = "pixi_env_prefix"
PREFIX_HISTORY = "history"
INSTALLING = "pixi:installing!"
#: Ours alone: tells which place the files of a relocatable prefix name.
PREFIX_NOTE = "conda-meta/unpacked_at"

#: What makes an archive a pack, and how a script begins that holds an environment.
PACK_METADATA = "pixi-pack.json"
SELF_UNPACKING = b"#!/bin/sh\n# An environment that unpacks itself, made by `wisp pack"

#: The word that installers write into the dist-info of a wheel that is ours to remove.
PYPI_INSTALLER = "uv-pixi"

#: Below the cache root, by kind of content. The configuration may move the first seven.
CACHE_FOLDERS = {
    "conda-packages": "pkgs",
    "repodata": "repodata",
    "pypi-wheels": "uv-cache",
    "pypi-mapping": "conda-pypi-mapping",
    "exec-environments": "cached-envs-v0",
    "build-tool-environments": "cached-build-tool-envs-v0",
    "detached-environments": "envs",
    "notices": "notices",
    "detectors": "virtual-package-detectors",
    "built-packages": "backends-v0",
    "git-sources": "git-v0",
    "url-sources": "url-v0",
    "images": "wisp-images",
}

#: How the names of folders begin, below the cache root, of packages that are not yet trusted.
UNVERIFIED_PACKAGES = "unverified-packages-"

#: Environment variables that activation sets (config.md §4).
ENV_PROJECT_ROOT = "PIXI_PROJECT_ROOT"
ENV_PROJECT_NAME = "PIXI_PROJECT_NAME"
ENV_PROJECT_MANIFEST = "PIXI_PROJECT_MANIFEST"
ENV_PROJECT_VERSION = "PIXI_PROJECT_VERSION"
#: What the four are called since Pixi 0.82.
ENV_WORKSPACE_ROOT = "PIXI_WORKSPACE_ROOT"
ENV_WORKSPACE_NAME = "PIXI_WORKSPACE_NAME"
ENV_WORKSPACE_MANIFEST = "PIXI_WORKSPACE_MANIFEST"
ENV_WORKSPACE_VERSION = "PIXI_WORKSPACE_VERSION"
ENV_IN_SHELL = "PIXI_IN_SHELL"
ENV_EXE = "PIXI_EXE"
ENV_ENVIRONMENT_NAME = "PIXI_ENVIRONMENT_NAME"
ENV_ENVIRONMENT_PLATFORMS = "PIXI_ENVIRONMENT_PLATFORMS"
ENV_PROMPT = "PIXI_PROMPT"
ENV_INIT_CWD = "INIT_CWD"

#: How a variable, an option or a configuration says yes and no.
TRUE_WORDS = ("true", "y", "yes", "t", "on", "1")
FALSE_WORDS = ("false", "n", "no", "f", "off", "0")

DEFAULT_ENVIRONMENT = "default"
DEFAULT_FEATURE = "default"

"""The configuration of user and machine: read, merged, and offered as typed values."""

from wisp.config.caches import cache_root
from wisp.config.files import config_files, home_folder, pixi_home
from wisp.config.levels import read_config
from wisp.config.model import Config, ConfigRequest

__all__ = [
    "Config",
    "ConfigRequest",
    "cache_root",
    "config_files",
    "home_folder",
    "pixi_home",
    "read_config",
]

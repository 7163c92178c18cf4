"""The configuration of user and machine: read, merged, and offered as typed values."""

from wisp.config.caches import cache_root
from wisp.config.model import Config, ConfigRequest, read_config
from wisp.config.places import home_folder, pixi_home, places

__all__ = [
    "Config",
    "ConfigRequest",
    "cache_root",
    "home_folder",
    "pixi_home",
    "places",
    "read_config",
]

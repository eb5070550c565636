"""Settings of the process: the only package that reads the environment."""

from smartbank.config.loading import child_environment, load_settings
from smartbank.config.settings import GROUPS, Settings

__all__ = ["GROUPS", "Settings", "child_environment", "load_settings"]

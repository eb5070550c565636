"""What every group of settings has in common."""

from typing import ClassVar

from pydantic_settings import BaseSettings, SettingsConfigDict

from smartbank.core.environment_names import ENV_PREFIX


class SettingsGroup(BaseSettings):
    """Settings that belong together; the text below each is its description in docs/configuration.md.

    Attributes
    ----------
    heading : str
        What the group is called there; the docstring of the group stands below it.
    """

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX,
        env_file=".env",
        env_ignore_empty=True,
        frozen=True,
        extra="ignore",
        populate_by_name=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )

    heading: ClassVar[str] = ""

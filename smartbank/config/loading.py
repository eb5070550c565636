"""Read the settings from the environment, and hand them on to a process that is started."""

import os

from dotenv import dotenv_values
from pydantic import ValidationError

from smartbank.config.settings import Settings
from smartbank.core.environment_names import ENV_PREFIX, refuse_misspelt
from smartbank.errors import StartUpError


def load_settings() -> Settings:
    """Read the settings; the environment goes before `.env`.

    Raises
    ------
    StartUpError
        A value is not allowed, or a variable is misspelt; names the variable and never shows its value.
    """
    known = sorted(f"{ENV_PREFIX}{name}".upper() for name in Settings.model_fields)
    refuse_misspelt([*os.environ, *dotenv_values(".env")], known=known)
    try:
        return Settings()
    except ValidationError as exc:
        said = "; ".join(_sentence(error["loc"], error["msg"]) for error in exc.errors(include_input=False))
        raise StartUpError(f"SmartBank cannot start: {said}. Correct it in the environment or in .env.") from None


def child_environment(settings: Settings) -> dict[str, str]:
    """Return the environment for a process `serve` starts: what was set, the database it found, no password."""
    dropped = {f"{ENV_PREFIX}PORT", f"{ENV_PREFIX}ADMIN_PASSWORD"}
    kept = {name: value for name, value in os.environ.items() if name.upper() not in dropped}
    if settings.data_keys is not None:
        kept[f"{ENV_PREFIX}DATA_KEYS"] = settings.data_keys.get_secret_value()
    uri = settings.mongodb_uri.get_secret_value() if settings.mongodb_uri is not None else ""
    return kept | {
        f"{ENV_PREFIX}MONGODB_URI": uri,
        f"{ENV_PREFIX}EMBEDDED_DATABASE": str(settings.embedded_database).lower(),
        f"{ENV_PREFIX}VAR_DIR": str(settings.var_dir),
        f"{ENV_PREFIX}HOST": settings.host,
        "PORT": str(settings.port),  # the first of its two names: it also goes before a PORT in .env
    }


def _sentence(location: tuple[int | str, ...], message: str) -> str:
    if not location:
        return message.removeprefix("Value error, ")  # of several settings, which it names
    name = str(location[0])
    variable = "PORT (or SMARTBANK_PORT)" if name == "PORT" else f"{ENV_PREFIX}{name.upper()}"
    said = message.removeprefix("Value error, ")
    return f"{variable} is not allowed: {said[:1].lower()}{said[1:]}"

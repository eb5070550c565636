"""Which database is used, and where SmartBank's own folders are."""

from pathlib import Path
from typing import ClassVar, Final
from urllib.parse import parse_qsl, urlsplit

from pydantic import Field, SecretStr, field_validator

from smartbank.config.group import SettingsGroup

_CERTIFICATES: Final = {"tlscafile": "database_ca", "tlscertificatekeyfile": "database"}


class DatabaseSettings(SettingsGroup):
    """The database that is worked on, and the folders on this computer."""

    heading: ClassVar[str] = "Database and folders"

    mongodb_uri: SecretStr | None = None
    """The MongoDB to use; without it the embedded database is started in `SMARTBANK_VAR_DIR`."""
    mongodb_database: str = Field(default="smartbank", pattern=r"^[A-Za-z0-9_-]{1,38}$")
    """Its database."""
    mongodb_timeout_ms: int = Field(default=5_000, ge=100, le=120_000)
    """How long to look for a server, in milliseconds."""
    embedded_database: bool = False
    """Whether `SMARTBANK_MONGODB_URI` is the embedded database; `serve` says so to the processes it starts, nobody
    else.
    """
    var_dir: Path = Path("var")
    """Folder of the embedded database, of the lock and of daily backups."""
    models_dir: Path = Path("models")
    """Folder of the model artifacts SmartBank brings with it."""
    training_data: Path = Path("var/data/bank-additional-full.csv")
    """UCI's file, which challengers are trained on beside the bank's own outcomes; `data fetch` puts it there."""
    demo_customers: int = Field(default=2_000, ge=0, le=1_000_000)
    """Synthetic customers loaded when there are none; 0 loads none."""

    @field_validator("var_dir", "models_dir", "training_data")
    @classmethod
    def _make_absolute(cls, path: Path) -> Path:
        return path.absolute()

    @field_validator("mongodb_uri")
    @classmethod
    def _require_mongodb_scheme(cls, uri: SecretStr | None) -> SecretStr | None:
        if uri is not None and not uri.get_secret_value().startswith(("mongodb://", "mongodb+srv://")):
            raise ValueError("it must begin with mongodb:// or mongodb+srv://")
        return uri

    def certificate_files(self) -> dict[str, Path]:
        """Return the files of certificates the address of the database names: that of the CA, and SmartBank's own."""
        query = "" if self.mongodb_uri is None else urlsplit(self.mongodb_uri.get_secret_value()).query
        options = {name.lower(): value for name, value in parse_qsl(query)}
        return {kind: Path(options[name]) for name, kind in _CERTIFICATES.items() if name in options}

"""Production mode: what it would refuse, and the refusal itself."""

from smartbank.adapters import mongo
from smartbank.adapters.passwords import verify_password
from smartbank.bootstrap.databases import connect
from smartbank.config import Settings
from smartbank.core.production import host_refusals, key_refusals, link_refusals, password_refusals
from smartbank.errors import StartUpError
from smartbank.services.example_passwords import example_password_refusals


def settings_refusals(settings: Settings) -> list[str]:
    """Return what production mode refuses about the settings, a sentence each; the database is not asked."""
    given = settings.admin_password.get_secret_value() if settings.admin_password is not None else None
    return [
        *_database_refusals(settings),
        *_key_refusals(settings),
        *password_refusals(given),
        *host_refusals(named=bool(settings.allowed_hosts)),
    ]


def database_refusals(settings: Settings) -> list[str]:
    """Return what production mode refuses about what the database named holds.

    Raises
    ------
    StorageError
        The database does not answer.
    """
    users = mongo.MongoUserRepository(connect(settings))
    return example_password_refusals(users=users, verify_password=verify_password)


def refuse_in_production(settings: Settings, *, asks_database: bool = False) -> None:
    """Raise `StartUpError` where production mode is on and refuses something; it says everything at once.

    `asks_database` also looks whether somebody could sign in with an example.
    """
    if not settings.production:
        return
    refusals = settings_refusals(settings)
    if asks_database and not refusals:
        refusals = database_refusals(settings)
    if refusals:
        said = "\n".join(f"* {refusal}" for refusal in refusals)
        raise StartUpError(f"SmartBank does not start in production mode (SMARTBANK_PRODUCTION):\n{said}")


def _database_refusals(settings: Settings) -> list[str]:
    if settings.embedded_database or settings.mongodb_uri is None:
        return [
            "SMARTBANK_MONGODB_URI is not set, and the embedded database is for trial only. "
            "Name a MongoDB replica set or Atlas."
        ]
    return link_refusals(mongo.database_link(settings.mongodb_uri.get_secret_value()))


def _key_refusals(settings: Settings) -> list[str]:
    if settings.data_keys is None and not settings.wrapping_key:
        return [
            "SMARTBANK_WRAPPING_KEY and SMARTBANK_DATA_KEYS are not set, so the key would lie in a file beside the "
            "data. Name a key of your KMS in the first, or make one with `python -m smartbank keys make` for the "
            "second and keep it in your secret store."
        ]
    return key_refusals(settings.master_keys())

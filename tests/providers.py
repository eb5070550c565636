"""Settings with an identity provider that nobody asks."""

from smartbank.config import Settings


def with_provider(**instead):
    """Return settings under which people may sign in at a provider."""
    return Settings(
        oidc_metadata_url="https://id.bank.example/.well-known/openid-configuration",
        oidc_client_id="smartbank",
        oidc_client_secret="of the tests",
        oidc_roles="bank-agents=agent",
        oidc_name="Test bank",
        **instead,
    )

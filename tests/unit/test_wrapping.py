"""How a wrapping key is named: in a file, at AWS, Azure, Google or a KMIP server; and nothing else."""

import pytest

from smartbank.core.wrapping import parsed_credentials, parsed_name

ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
RING = "projects/bank/locations/europe-west1/keyRings/smartbank/cryptoKeys/wrapping"


@pytest.mark.parametrize(
    ("text", "provider", "name"),
    [
        ("file:/run/secrets/wrapping-key", "file", {"path": "/run/secrets/wrapping-key"}),
        (f"aws:{ARN}", "aws", {"region": "eu-west-1", "key": ARN}),
        (
            "azure:https://bank.vault.azure.net/keys/smartbank",
            "azure",
            {"keyVaultEndpoint": "bank.vault.azure.net", "keyName": "smartbank"},
        ),
        (
            "azure:https://bank.vault.azure.net/keys/smartbank/0a1b2c",
            "azure",
            {"keyVaultEndpoint": "bank.vault.azure.net", "keyName": "smartbank", "keyVersion": "0a1b2c"},
        ),
        (
            f"gcp:{RING}",
            "gcp",
            {"projectId": "bank", "location": "europe-west1", "keyRing": "smartbank", "keyName": "wrapping"},
        ),
        ("kmip:kms.bank.example:5696", "kmip", {"endpoint": "kms.bank.example:5696"}),
        ("kmip:kms.bank.example:5696/42", "kmip", {"endpoint": "kms.bank.example:5696", "keyId": "42"}),
    ],
)
def test_each_place_has_its_name(text, provider, name):
    found = parsed_name(text)

    assert found == (provider, name)


@pytest.mark.parametrize("place", [f"aws:{ARN}", f"gcp:{RING}"])
def test_another_address_goes_with_the_name(place):
    _, name = parsed_name(place, endpoint="kms.bank.example:8443")

    assert name["endpoint"] == "kms.bank.example:8443"


@pytest.mark.parametrize(
    "text",
    ["", "file:", "aws:", "aws:key/1", ARN, "azure:bank", "gcp:projects/bank", "kmip:host", "vault:x", f" {ARN}"],
)
def test_anything_else_is_refused_with_the_shapes_there_are(text):
    with pytest.raises(ValueError, match="it must be file:PATH, aws:ARN"):
        parsed_name(text)


def test_credentials_come_by_provider():
    found = parsed_credentials('{"azure": {"tenantId": "t", "clientId": "c", "clientSecret": "s"}, "aws": {}}')

    assert found == {"azure": {"tenantId": "t", "clientId": "c", "clientSecret": "s"}, "aws": {}}


@pytest.mark.parametrize("text", ["", "s3cret", "[]", '"s3cret"', '{"aws": "s3cret"}', '{"s3cret": {}}'])
def test_other_credentials_are_refused_without_a_word_of_them(text):
    with pytest.raises(ValueError, match="must be a JSON object") as caught:
        parsed_credentials(text)

    assert "s3cret" not in str(caught.value)

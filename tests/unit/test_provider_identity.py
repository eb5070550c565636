import pytest

from smartbank.core.people import Role
from smartbank.core.provider_identity import ProviderSettings, identity_of, parsed_roles, role_of

PROVIDER = ProviderSettings(
    "the bank",
    "https://id.bank.example",
    "smartbank",
    "https://smartbank.bank.example/oauth2callback",
    "preferred_username",
    "roles",
    "openid profile",
    (("bank-agents", Role.AGENT),),
)
CLAIMS = {
    "iss": "https://id.bank.example",
    "sub": "1",
    "aud": "smartbank",
    "preferred_username": " Ana.Silva@bank.example",
    "roles": ["a", "b"],
}


def provider(**instead):
    return ProviderSettings(**(PROVIDER.__dict__ | instead))


def test_an_identity_has_the_name_in_lower_case_and_the_groups():
    identity = identity_of(CLAIMS, PROVIDER)

    assert (identity.name, identity.groups) == ("ana.silva@bank.example", ("a", "b"))


def test_the_same_subject_at_another_issuer_is_another_person():
    elsewhere = "https://id.other.example"

    here = identity_of(CLAIMS, PROVIDER)
    there = identity_of(CLAIMS | {"iss": elsewhere}, provider(issuer=elsewhere))
    renamed = identity_of(CLAIMS | {"preferred_username": "ana.souza"}, PROVIDER)

    assert here.subject == renamed.subject
    assert here.subject != there.subject
    assert len(here.subject) == 32


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://id.bank.example.elsewhere"},
        {"iss": None},
        {"aud": "another"},
        {"aud": ["another"]},
        {"aud": None},
        {"sub": ""},
        {"sub": 1},
    ],
)
def test_claims_of_another_issuer_or_for_another_program_are_nobodys(wrong):
    assert identity_of(CLAIMS | wrong, PROVIDER) is None


@pytest.mark.parametrize("right", [{"iss": "https://id.bank.example/"}, {"aud": ["another", "smartbank"]}])
def test_a_slash_at_the_issuers_end_and_a_second_audience_do_no_harm(right):
    assert identity_of(CLAIMS | right, PROVIDER) is not None


@pytest.mark.parametrize(
    ("claim", "claims", "groups"),
    [
        ("realm_access.roles", {"realm_access": {"roles": ["x"]}}, ("x",)),
        ("https://bank.example/roles", {"https://bank.example/roles": ["x", "y"]}, ("x", "y")),
        ("groups", {"groups": "x"}, ("x",)),
        ("groups", {"groups": ["x", 3, None]}, ("x",)),
        ("groups", {"groups": {"x": 1}}, ()),
        ("realm_access.roles", {"realm_access": ["roles"]}, ()),
        ("groups", {}, ()),
    ],
)
def test_groups_are_found_by_name_or_by_a_dotted_path(claim, claims, groups):
    assert identity_of(CLAIMS | claims, provider(role_claim=claim)).groups == groups


@pytest.mark.parametrize("name", [None, 7, ["ana"]])
def test_a_name_that_is_no_text_is_none(name):
    assert identity_of(CLAIMS | {"preferred_username": name}, PROVIDER).name == ""


def test_roles_are_read_in_their_order_with_groups_that_hold_an_equals_sign():
    roles = parsed_roles(" cn=admins=admin , call centre=Agent,")

    assert roles == (("cn=admins", Role.ADMIN), ("call centre", Role.AGENT))
    assert role_of(["call centre", "cn=admins"], roles) is Role.ADMIN
    assert role_of(["admins"], roles) is None


@pytest.mark.parametrize("text", ["", ",", "admins", "admins=", "=admin", "admins=boss", "a=agent,a=admin"])
def test_roles_that_cannot_be_read_are_said(text):
    with pytest.raises(ValueError, match=r"groups of the provider|names a group twice"):
        parsed_roles(text)

"""What is known of a lead: every field, its block in the contract, its levels or range, and its other names."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

UNKNOWN: Final = "unknown"
"""A level that means the same as a missing value; never stored."""

Kind = Literal["category", "integer", "number", "text"]


class Block(StrEnum):
    """The blocks of the scoring contract, and of a customer document."""

    PERSONAL = "personal_info"
    FINANCIAL = "financial_info"
    CAMPAIGN = "campaign_info"
    MACRO = "macro_info"
    CONTACT_DETAILS = "contact_details"
    CONSENT = "consent"


@dataclass(frozen=True)
class Field:
    """One field of a lead.

    Attributes
    ----------
    name : str
        Column name in every frame, key in its block.
    label : str
        What the screen calls it.
    levels : tuple of str
        Allowed values of a category, in their natural order; missing means unknown.
    low, high : float
        Plausible range of a number, ends included; a value outside is set aside.
    aliases : tuple of str
        Other column names that mean this field, in lower case with `_` between words.
    """

    name: str
    label: str
    block: Block
    kind: Kind
    levels: tuple[str, ...] = ()
    low: float = float("-inf")
    high: float = float("inf")
    aliases: tuple[str, ...] = ()


CUSTOMER_ID: Final = "customer_id"
YES_NO: Final = ("yes", "no")
NEVER_CONTACTED: Final = 999
"""UCI's `pdays` of a customer never contacted before; kept as a missing `days_since_contact`."""

IDENTITY_FIELDS: Final = (
    Field("name", "Name", Block.CONTACT_DETAILS, "text", aliases=("full_name", "customer_name", "client_name")),
    Field("phone", "Phone", Block.CONTACT_DETAILS, "text", aliases=("phone_number", "telephone_number", "mobile")),
)

CUSTOMER_FIELDS: Final = (
    Field("age", "Age", Block.PERSONAL, "integer", low=17, high=120, aliases=("age_years",)),
    Field(
        "job",
        "Job",
        Block.PERSONAL,
        "category",
        levels=(
            "admin.",
            "blue-collar",
            "entrepreneur",
            "housemaid",
            "management",
            "retired",
            "self-employed",
            "services",
            "student",
            "technician",
            "unemployed",
        ),
        aliases=("occupation", "profession", "job_type"),
    ),
    Field(
        "marital",
        "Marital status",
        Block.PERSONAL,
        "category",
        levels=("divorced", "married", "single"),
        aliases=("marital_status", "civil_status"),
    ),
    Field(
        "education",
        "Education",
        Block.PERSONAL,
        "category",
        levels=(
            "illiterate",
            "basic.4y",
            "basic.6y",
            "basic.9y",
            "high.school",
            "professional.course",
            "university.degree",
        ),
        aliases=("education_level", "schooling"),
    ),
    Field("default", "Credit in default", Block.FINANCIAL, "category", levels=YES_NO, aliases=("in_default",)),
    Field("housing", "Housing loan", Block.FINANCIAL, "category", levels=YES_NO, aliases=("housing_loan", "mortgage")),
    Field("loan", "Personal loan", Block.FINANCIAL, "category", levels=YES_NO, aliases=("personal_loan",)),
)

CAMPAIGN_FIELDS: Final = (
    Field(
        "contact",
        "Channel",
        Block.CAMPAIGN,
        "category",
        levels=("cellular", "telephone"),
        aliases=("contact_type", "channel"),
    ),
    Field("attempt", "Attempt", Block.CAMPAIGN, "integer", low=1, high=100, aliases=("campaign", "attempt_number")),
    Field(
        "previous",
        "Contacts in earlier campaigns",
        Block.CAMPAIGN,
        "integer",
        low=0,
        high=100,
        aliases=("previous_contacts",),
    ),
    Field(
        "poutcome",
        "Outcome of the last campaign",
        Block.CAMPAIGN,
        "category",
        levels=("failure", "nonexistent", "success"),
        aliases=("previous_outcome",),
    ),
    Field(
        "days_since_contact",
        "Days since last contact",
        Block.CAMPAIGN,
        "integer",
        low=0,
        high=20_000,
        aliases=("pdays", "days_since_last_contact"),
    ),
)

LEAD_FIELDS: Final = CUSTOMER_FIELDS + CAMPAIGN_FIELDS
"""The twelve fields a model may see, in the order of every frame, code matrix and contribution matrix."""

CONSENT_FIELDS: Final = (
    Field(
        "do_not_call",
        "Do not call",
        Block.CONSENT,
        "category",
        levels=YES_NO,
        aliases=("dnc", "do_not_contact", "no_call", "no_calls", "opt_out", "opted_out"),
    ),
    Field(
        "objected",
        "Objected to calls",
        Block.CONSENT,
        "category",
        levels=YES_NO,
        aliases=("objection", "has_objected"),
    ),
    Field(
        "consent",
        "Consent to calls",
        Block.CONSENT,
        "category",
        levels=YES_NO,
        aliases=("opt_in", "opted_in", "marketing_consent", "consent_given", "call_consent"),
    ),
)
"""What the customer allows; never seen by a model."""

MARKET_FIELDS: Final = (
    Field("euribor3m", "Euribor 3M", Block.MACRO, "number", low=-1, high=8, aliases=("euribor_3m", "euribor")),
    Field("cpi", "Consumer prices", Block.MACRO, "number", low=50, high=200, aliases=("cons_price_idx",)),
    Field("emp_var_rate", "Employment variation", Block.MACRO, "number", low=-10, high=10, aliases=("emp_var",)),
)
"""What a file may bring of its own market; used only for a replay. `cpi` is on base 2012 = 100."""

KNOWN_AFTER_THE_CALL: Final = ("duration", "y")
"""Never an input: the length of the call and what came of it."""

NOT_USED: Final = ("month", "day_of_week", "cons_conf_idx", "nr_employed", "planned_for")
"""Columns of the known layouts that are recognised and not used."""

FIELD: Final[dict[str, Field]] = {
    field.name: field for field in IDENTITY_FIELDS + LEAD_FIELDS + CONSENT_FIELDS + MARKET_FIELDS
}
LEAD_COLUMNS: Final = tuple(field.name for field in LEAD_FIELDS)
MARKET_COLUMNS: Final = tuple(field.name for field in MARKET_FIELDS)
CONSENT_COLUMNS: Final = tuple(field.name for field in CONSENT_FIELDS)
CUSTOMER_COLUMNS: Final = (CUSTOMER_ID, "name", "phone", *LEAD_COLUMNS, *CONSENT_COLUMNS)
"""Columns of a clean frame of leads: texts and categories are `str` with NaN for unknown, numbers float64."""

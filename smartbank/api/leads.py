"""A lead as the API takes it: the blocks of the contract, and what they mean in SmartBank's fields."""

from datetime import date
from typing import Annotated, Final, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from smartbank.core.asked_leads import AskedLead, Value
from smartbank.core.cells import level_of
from smartbank.core.fields import FIELD, NEVER_CONTACTED, UNKNOWN
from smartbank.core.identity import MAX_ID

ID_PATTERN: Final = rf"^[0-9A-Za-z](?:[0-9A-Za-z ._:/@+-]{{0,{MAX_ID - 2}}}[0-9A-Za-z])?$"
CustomerId = Annotated[
    str,
    StringConstraints(pattern=ID_PATTERN),
    Field(description="The bank's own id of the customer.", examples=["C-10293"]),
]
Job = Literal[
    "admin.",
    "admin",
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
    "unknown",
]
Marital = Literal["divorced", "married", "single", "unknown"]
Education = Literal[
    "illiterate",
    "basic.4y",
    "basic.6y",
    "basic.9y",
    "high.school",
    "professional.course",
    "university.degree",
    "unknown",
]
Channel = Literal["cellular", "telephone", "unknown"]
EarlierOutcome = Literal["failure", "nonexistent", "success", "unknown"]


def _number(value: object) -> object:
    """Refuse texts and flags, which pydantic would read as numbers."""
    if isinstance(value, str | bool):
        raise ValueError("it must be a number")
    return value


def _flag(value: object) -> object:
    """Return a flag; pydantic would take “on” and 1 for true, and say of a wrong one more than there is to say."""
    if isinstance(value, bool) or value is None:
        return value
    if value != UNKNOWN:
        raise ValueError("it must be true, false, null or “unknown”")
    return None


Number = BeforeValidator(_number)
Flag = Annotated[
    bool | None,
    BeforeValidator(_flag),
    WithJsonSchema({"anyOf": [{"type": "boolean"}, {"const": UNKNOWN}, {"type": "null"}]}),
]


class Block(BaseModel):
    """A block of fields; null and "unknown" are unknown, an unknown field is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class PersonalInfo(Block):
    """Who the customer is."""

    age: Annotated[int, Field(ge=17, le=120), Number] | None = Field(default=None, description="Years.")
    job: Job | None = Field(default=None, description="`admin` and `admin.` are the same.")
    marital: Marital | None = None
    education: Education | None = None


class FinancialInfo(Block):
    """Which credits the customer has."""

    default: Flag = Field(default=None, description="A credit in default.")
    housing: Flag = Field(default=None, description="A housing loan.")
    loan: Flag = Field(default=None, description="A personal loan.")


class CampaignInfo(Block):
    """The contact that is planned, and those before it."""

    contact: Channel | None = Field(default=None, description="Channel of the call.")
    attempt: Annotated[int, Field(ge=1, le=100), Number] | None = Field(
        default=None, description="Number of the attempt that is planned, from 1."
    )
    previous: Annotated[int, Field(ge=0, le=100), Number] | None = Field(
        default=None, description="Contacts in earlier campaigns."
    )
    poutcome: EarlierOutcome | None = Field(default=None, description="Outcome of the last campaign.")
    days_since_contact: Annotated[int, Field(ge=0, le=20_000), Number] | None = Field(
        default=None, description="Days since the last contact; null and 999 mean that there was none."
    )
    planned_for: date | None = Field(default=None, description="Day of the call. Checked, and not used by the model.")


class MacroInfo(Block):
    """The market to score in; what is left out is the market in force."""

    euribor3m: Annotated[float, Field(ge=-1, le=8), Number] | None = Field(default=None, description="Percent.")
    cpi: Annotated[float, Field(ge=50, le=200), Number] | None = Field(
        default=None, description="Consumer prices in Portugal, an index level on base 2012 = 100."
    )
    emp_var_rate: Annotated[float, Field(ge=-10, le=10), Number] | None = Field(
        default=None, description="Employment, year on year, percent."
    )


SEED: Final[dict[str, JsonValue]] = {
    "personal_info": {"age": 45, "job": "admin", "marital": "married", "education": "university.degree"},
    "financial_info": {"default": False, "housing": True, "loan": False},
    "macro_info": {"euribor3m": 1.2, "cpi": 93.2, "emp_var_rate": -1.8},
}
"""The three blocks that alone are enough."""


class LeadIn(Block):
    """A lead to score.

    The first three blocks alone are enough. Of a customer who is stored, what is left out stays as it is stored, and
    the id alone is enough. `macro_info` left out means the market in force.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [SEED],
            "anyOf": [{"required": ["customer_id"]}, {"required": ["personal_info", "financial_info"]}],
        }
    )

    customer_id: CustomerId | None = None
    personal_info: PersonalInfo | None = None
    financial_info: FinancialInfo | None = None
    macro_info: MacroInfo | None = None
    campaign_info: CampaignInfo | None = None

    @model_validator(mode="after")
    def _says_enough(self) -> "LeadIn":
        if self.customer_id is None and (self.personal_info is None or self.financial_info is None):
            raise ValueError("give personal_info and financial_info, or the customer_id of a stored customer")
        return self

    def asked(self) -> AskedLead:
        """Return the lead in SmartBank's fields."""
        said = said_fields(self.personal_info, self.financial_info, self.campaign_info)
        return AskedLead(self.customer_id or "", said, _market(self))


class SomebodyIn(Block):
    """Somebody to score of whom nothing is kept: no id, no name. `macro_info` left out means the market in force."""

    model_config = ConfigDict(json_schema_extra={"examples": [SEED]})

    personal_info: PersonalInfo
    financial_info: FinancialInfo
    macro_info: MacroInfo | None = None
    campaign_info: CampaignInfo | None = None

    def asked(self) -> AskedLead:
        """Return what is said of them in SmartBank's fields."""
        return AskedLead("", said_fields(self.personal_info, self.financial_info, self.campaign_info), _market(self))


def _market(lead: LeadIn | SomebodyIn) -> dict[str, float]:
    return {} if lead.macro_info is None else lead.macro_info.model_dump(exclude_none=True)


def said_fields(*blocks: BaseModel | None) -> dict[str, Value]:
    """Return what blocks say, by field: categories as SmartBank's levels, numbers as float, None for unknown."""
    said = {name: getattr(block, name) for block in blocks if block is not None for name in block.model_fields_set}
    said.pop("planned_for", None)
    return {name: _value(name, value) for name, value in said.items()}


def _value(name: str, value: object) -> Value:
    if value is None or value == UNKNOWN or (name == "days_since_contact" and value == NEVER_CONTACTED):
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return level_of(FIELD[name], value)
    return float(str(value))

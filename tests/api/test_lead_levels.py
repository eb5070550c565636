"""The levels the API names in its document are those of the fields, and no others."""

from typing import get_args

import pytest

from smartbank.api import leads
from smartbank.api.leads import CampaignInfo, FinancialInfo, LeadIn, MacroInfo, PersonalInfo
from smartbank.core.fields import FIELD, LEAD_COLUMNS, MARKET_FIELDS, UNKNOWN, Block

ALSO = {"job": {"admin"}}
"""Spellings the contract takes beside SmartBank's own."""


@pytest.mark.parametrize(
    ("name", "levels"),
    [
        ("job", leads.Job),
        ("marital", leads.Marital),
        ("education", leads.Education),
        ("contact", leads.Channel),
        ("poutcome", leads.EarlierOutcome),
    ],
)
def test_a_category_has_the_levels_of_its_field(name, levels):
    assert set(get_args(levels)) == {*FIELD[name].levels, UNKNOWN} | ALSO.get(name, set())


@pytest.mark.parametrize(
    ("model", "block"),
    [(PersonalInfo, Block.PERSONAL), (FinancialInfo, Block.FINANCIAL), (CampaignInfo, Block.CAMPAIGN)],
)
def test_a_block_has_the_fields_of_its_block(model, block):
    fields = {name for name in LEAD_COLUMNS if FIELD[name].block is block}

    assert set(model.model_fields) - {"planned_for"} == fields


@pytest.mark.parametrize("model", [PersonalInfo, CampaignInfo, MacroInfo])
def test_a_number_has_the_range_of_its_field(model):
    document = LeadIn.model_json_schema()["$defs"][model.__name__]["properties"]
    numbers = {name: FIELD[name] for name in document if name in FIELD and FIELD[name].kind in ("integer", "number")}

    for name, field in numbers.items():
        said = document[name]["anyOf"][0]
        assert (said["minimum"], said["maximum"]) == (field.low, field.high)
    assert numbers
    assert {field.name for field in MARKET_FIELDS} == set(MacroInfo.model_fields)

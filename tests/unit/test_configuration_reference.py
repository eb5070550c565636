from typing import ClassVar

import pytest
from pydantic import Field

from scripts.configuration_reference import TARGET, page, section
from smartbank.config import GROUPS, Settings
from smartbank.config.group import SettingsGroup


def test_the_page_is_the_one_the_settings_make():
    assert TARGET.read_text() == page(GROUPS), "run `make reference`"


def test_every_setting_is_in_one_group():
    grouped = [name for group in GROUPS for name in group.model_fields]

    assert sorted(grouped) == sorted(Settings.model_fields)


def test_a_row_says_names_values_default_and_meaning():
    class Oven(SettingsGroup):
        """How it bakes."""

        heading: ClassVar[str] = "Oven"

        degrees: int | None = Field(default=180, gt=0, le=250)
        """How hot it gets,
        in degrees.
        """
        fan: bool = True
        """Whether air moves | or not."""

    said = section(Oven)

    assert said.splitlines() == [
        "## Oven",
        "How it bakes.",
        "",
        "| variable | values | default | meaning |",
        "|---|---|---|---|",
        "| `SMARTBANK_DEGREES` | whole number above 0 to 250 | `180` | How hot it gets, in degrees. |",
        "| `SMARTBANK_FAN` | `true`, `false` | `true` | Whether air moves \\| or not. |",
    ]


def test_a_setting_without_a_text_is_refused():
    class Mute(SettingsGroup):
        """Says nothing."""

        silent: int = 1

    with pytest.raises(ValueError, match=r"Mute\.silent"):
        section(Mute)

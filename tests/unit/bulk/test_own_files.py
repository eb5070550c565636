"""Files SmartBank wrote itself are not taken for leads, and a ranking is not put where leads are looked for."""

import shutil
from datetime import UTC, datetime

import pytest

from smartbank.adapters.bulk.in_force_folder import write_in_force
from smartbank.adapters.bulk.places import require_apart
from smartbank.core.bulk.in_force import InForce, barred_ids
from smartbank.core.rules import ScoringRules
from smartbank.errors import LeadValidationError, OutputError
from tests.bulk import scored, some_leads, written


@pytest.fixture(scope="module")
def night(tmp_path_factory):
    """What a night leaves: leads, what is in force, and the ranking."""
    folder = tmp_path_factory.mktemp("night")
    written(folder / "leads", a=some_leads(40).assign(age=[500, *[40] * 39]))
    write_in_force(
        str(folder / "in-force"),
        InForce(ScoringRules(), barred=barred_ids({"C-1": "objected"}), made_at=datetime.now(UTC)),
        version="v1",
        model=b"",
    )
    scored(folder / "leads", folder / "ranked", best=5)
    return folder


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ranked", r"part-00000\.parquet is a file of a ranking, and no leads\. Name .*--input '.*/leads'; keep"),
        ("ranked/part-00000.parquet", "is a file of a ranking, and no leads"),
        ("ranked/_set-aside.parquet", "is a file of a ranking, and no leads"),
        ("ranked/_best.parquet", r"best\.parquet --picked`, or name what was ranked: --input '.*/leads'\."),
        ("in-force", r"barred\.parquet holds whom .*Name its folder with --in-force, and the files of leads"),
        ("in-force/barred.parquet", "holds whom SmartBank knows not to call"),
        ("", "is a file of a ranking|holds whom SmartBank knows"),
        ("*/*.parquet", "is a file of a ranking|holds whom SmartBank knows"),
    ],
)
def test_what_smartbank_wrote_is_no_leads_and_it_says_what_to_name(night, tmp_path, name, said):
    with pytest.raises(LeadValidationError, match=said):
        scored(night / name, tmp_path / "out")

    assert list(tmp_path.iterdir()) == []


def test_a_copy_under_another_name_is_recognised_and_names_no_other_input(night, tmp_path):
    shutil.copy(night / "ranked" / "_best.parquet", tmp_path / "leads.parquet")

    with pytest.raises(LeadValidationError, match=r"--picked`, or name what was ranked\.$"):
        scored(tmp_path / "leads.parquet", tmp_path / "out")


@pytest.mark.parametrize("where", ["", "file://", "memory://"])
@pytest.mark.parametrize(
    ("pattern", "output", "is_apart"),
    [
        ("/bank/leads", "/bank/leads/ranked", False),
        ("/bank/leads/", "/bank/leads", False),
        ("/bank/leads/**/*.parquet", "/bank/leads/ranked", False),
        ("/bank/*/*.parquet", "/bank/ranked/", False),
        ("/bank/leads/*.parquet", "/bank/leads/ranked", True),
        ("/bank/leads", "/bank/leads/_ranked", True),
        ("/bank/leads", "/bank/leads-ranked", True),
        ("/bank/*/2*.parquet", "/bank/ranked", True),
        ("/bank/leads/a.parquet", "/bank/leads/ranked", True),
    ],
)
def test_a_ranking_is_refused_where_the_next_night_would_find_it_as_leads(where, pattern, output, is_apart):
    if is_apart:
        require_apart(f"{where}{output}", pattern=f"{where}{pattern}")
        return
    with pytest.raises(OutputError, match="finds leads: the next ranking would take this one for leads"):
        require_apart(f"{where}{output}", pattern=f"{where}{pattern}")


def test_another_way_to_the_same_folder_is_the_same(tmp_path):
    written(tmp_path / "in", a=some_leads(9))
    (tmp_path / "link").symlink_to(tmp_path / "in")

    for way in (tmp_path / "in" / ".." / "in", tmp_path / "link"):
        with pytest.raises(OutputError, match="finds leads"):
            require_apart(str(way / "ranked"), pattern=str(tmp_path / "in"))


def test_other_stores_are_apart():
    require_apart("memory://bank/leads/ranked", pattern="/bank/leads")

"""A file of customers far unlike those ranked before gives nobody else their level, until somebody says it may."""

from dataclasses import replace

import pytest

from smartbank.core.customers import CustomerQuery
from smartbank.core.unlike import BEFORE, REFERENCE
from smartbank.services.first_run import UNLIKE, first_run, passed_over, runs_looked_at
from smartbank.services.runs import Run, RunSource, find_run, ranked_leads
from tests.actors import ANA
from tests.bank import NOW, Bank


def file_of(name, ages):
    return "customer_id,age,job\n" + "".join(f"{name}{place:03},{age},student\n" for place, age in enumerate(ages))


EVERYBODY = file_of("c", [20 + place % 41 for place in range(246)])
"""Margins from -2 to 2, as of the stub's reference leads."""
THE_BEST = file_of("b", [58 + place % 5 for place in range(220)])
ONE = RunSource.of_query(CustomerQuery(text="c000"), "one")
ONE_OF_THE_BEST = RunSource.of_query(CustomerQuery(text="b000"), "one of the best")


@pytest.fixture
def bank():
    return Bank()


def bring(bank, text):
    return found(bank, bank.bring(text)[1])


def found(bank, run_id):
    return find_run(run_id, by=ANA, queue=bank.queue)


def level_of_programs(bank):
    return bank.services.grounds.take(bank.services.scorer, now=NOW).level


def propensity(bank, run):
    return ranked_leads(run.run_id, by=ANA, frames=bank.services.frames)["propensity"]


def test_percentages_of_programs_and_selections_stay_after_a_file_of_the_best(bank):
    whole = bring(bank, EVERYBODY)
    before = level_of_programs(bank)

    best = bring(bank, THE_BEST)

    assert level_of_programs(bank).log_odds == before.log_odds == whole.level.log_odds
    assert found(bank, bank.score(ONE)).level == whole.level
    assert (best.result["level_source"], best.unlike.beside) == ("this run", BEFORE)
    assert propensity(bank, best).mean() == pytest.approx(best.level.rate)  # its own are as asked for
    assert best.unlike.odds > 3


def test_the_pages_begin_on_the_ranking_before_and_name_the_other(bank):
    whole, best = bring(bank, EVERYBODY), bring(bank, THE_BEST)

    runs = runs_looked_at(by=ANA, queue=bank.queue)

    assert first_run(runs) == whole
    assert passed_over(runs, whole) == (best, UNLIKE)


def test_ranked_again_as_picked_they_have_the_percentages_of_the_whole(bank):
    whole, best = bring(bank, EVERYBODY), bring(bank, THE_BEST)

    again = found(bank, bank.score(best.picked_again))

    assert (again.level, again.unlike) == (whole.level, None)
    assert propensity(bank, again).mean() == pytest.approx(best.unlike.share)
    assert level_of_programs(bank).log_odds == whole.level.log_odds


def test_said_to_be_all_customers_they_are_the_whole_others_go_by(bank):
    _, best = bring(bank, EVERYBODY), bring(bank, THE_BEST)

    again = found(bank, bank.score(best.whole_again))

    assert again.unlike is None
    assert level_of_programs(bank).log_odds == again.level.log_odds == best.level.log_odds
    assert first_run(runs_looked_at(by=ANA, queue=bank.queue)) == again
    assert bring(bank, THE_BEST.replace("b", "d")).unlike is None


def test_the_first_file_of_a_bank_is_a_whole_however_unlike_the_reference(bank):
    first = bring(bank, THE_BEST)

    assert first.unlike.beside == REFERENCE
    assert level_of_programs(bank).log_odds == first.level.log_odds
    assert first_run(runs_looked_at(by=ANA, queue=bank.queue)) == first


def test_a_first_file_said_to_be_picked_gives_nobody_a_level_any_more_neither_by_way_of_a_selection(bank):
    reference = level_of_programs(bank)
    first = bring(bank, THE_BEST)
    assert found(bank, bank.score(ONE_OF_THE_BEST)).level == first.level

    again = found(bank, bank.score(first.picked_again))

    assert (again.level.anchor, again.result["level_source"]) == ("reference", "reference")
    assert level_of_programs(bank).log_odds == again.level.log_odds == reference.log_odds


def test_stored_customers_said_to_be_picked_are_no_whole(bank):
    bring(bank, EVERYBODY)
    everyone = found(bank, bank.score(RunSource.of_query(CustomerQuery(), "all")))

    again = found(bank, bank.score(everyone.picked_again))

    assert not again.source.is_whole
    assert not again.source_again.is_whole
    assert again.level == everyone.level


def test_customers_like_those_before_are_the_newest_whole(bank):
    bring(bank, EVERYBODY)

    newer = bring(bank, file_of("d", [25 + place % 41 for place in range(246)]))

    assert newer.unlike is None
    assert level_of_programs(bank).log_odds == newer.level.log_odds


def test_the_latest_word_on_an_upload_holds(bank):
    first = bring(bank, EVERYBODY)
    bank.score(first.picked_again)

    again = found(bank, bank.score(first.whole_again))

    assert level_of_programs(bank).log_odds == again.level.log_odds


def test_what_is_said_of_customers_is_on_record(bank):
    first = bring(bank, EVERYBODY)
    bank.score(first.picked_again)
    bank.score(first.whole_again)

    details = [each.event.details for each in reversed(bank.services.audit.newest())]

    said = [each.get("customers_said_to_be") for each in details if "leads_of" in each]
    assert said == [None, "picked", "a whole"]


def test_a_run_of_an_earlier_version_counts_as_before(bank):
    _, best = bring(bank, EVERYBODY), bring(bank, THE_BEST)
    unmarked = {name: value for name, value in best.result.items() if name != "unlike"}

    assert Run(replace(best.work, result=unmarked)).counts_as_whole
    assert not best.counts_as_whole

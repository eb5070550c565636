"""What the results page says, word for word."""

from dataclasses import replace

import pytest

from smartbank.core.bank_settings import BankSettings
from smartbank.core.evaluation import Interval
from smartbank.core.number_format import NUMBER_FORMATS
from smartbank.core.uplift import Uplift, UpliftVerdict
from smartbank.core.uplift_words import assumed_sentence, evidence_sentences, uplift_sentence

SETTINGS = BankSettings(cost_of_call=8.0, value_of_sale=1_000.0)
FOUND = Uplift(
    called=Interval(0.1, 0.08, 0.12),
    held_out=Interval(0.039, 0.02, 0.06),
    difference=Interval(0.061, 0.038, 0.084),
    extra_sales=Interval(61.0, 38.2, 83.7),
    n_called=1_000,
    n_held_out=77,
    called_sales=100,
    held_out_sales=3,
    calls=1_600,
    left_out=(),
    verdict=UpliftVerdict.MORE_SALES,
    calls_needed=None,
)
TOO_EARLY = replace(FOUND, extra_sales=Interval(12.0, -9.1, 33.4), verdict=UpliftVerdict.TOO_EARLY, calls_needed=1_417)


def sentence(found, *, days=15, settings=SETTINGS):
    return uplift_sentence(found, days=days, settings=settings)


def test_more_sales_are_said_with_their_range_and_what_they_earn_a_day():
    # 61 sales of 1,000 less 1,600 calls of 8 are 48,200, on 15 days
    assert sentence(FOUND) == "Calling brought 61 more sales than not calling (38 to 84); 3,213 EUR a day after costs."


def test_more_sales_that_do_not_pay_say_what_is_lost():
    cheap = replace(SETTINGS, value_of_sale=100.0)

    assert sentence(FOUND, days=10, settings=cheap) == (
        "Calling brought 61 more sales than not calling (38 to 84); 670 EUR a day lost after costs."
    )


def test_where_profit_and_loss_are_both_possible_no_amount_is_said():
    just_so = replace(SETTINGS, value_of_sale=200.0)  # 7,640 to 16,740 EUR for calls of 12,800 EUR

    assert sentence(FOUND, settings=just_so) == (
        "Calling brought 61 more sales than not calling (38 to 84); whether that pays for the calls cannot be told yet."
    )


def test_fewer_sales_are_said_as_plainly():
    fewer = replace(FOUND, extra_sales=Interval(-1.2, -34.0, -0.6), verdict=UpliftVerdict.FEWER_SALES)

    assert sentence(fewer, days=1) == (
        "Calling brought 1 fewer sale than not calling (1 to 34); 14,000 EUR a day lost after costs."
    )


def test_too_few_calls_say_how_many_more_it_takes():
    assert sentence(TOO_EARLY) == (
        "Not enough calls yet to tell what calling brings: 12 more sales than without calls so far, and anything from"
        " 9 fewer sales to 33 more sales is possible. About 1,400 more customers to call should tell."
    )


def test_where_more_calls_are_no_answer_none_are_asked_for():
    none_at_all = replace(TOO_EARLY, extra_sales=Interval(0.0, -1.0, 1.0), calls_needed=None)

    assert sentence(none_at_all) == (
        "Not enough calls yet to tell what calling brings: no more sales than without calls so far, and anything from"
        " 1 fewer sale to 1 more sale is possible."
    )


def test_nobody_held_out_says_so():
    assert sentence(None) == (
        "What calling brought cannot be told: no list so far has customers held out to compare with."
    )


def test_the_evidence_adds_up_to_the_first_line():
    counted, money = evidence_sentences(FOUND, settings=SETTINGS)

    assert counted == (
        "100 of 1,000 customers on the lists bought. Without a call about 39 would have: of 77 held out, 3 did."
    )
    assert money == (
        "What calling added, less its costs, is 48,200 EUR, and between 25,400 EUR and 70,900 EUR 19 times out of 20."
    )


def test_numbers_are_written_as_the_bank_writes_them():
    german = replace(SETTINGS, number_format="de", currency="CHF")

    assert sentence(FOUND, settings=german).endswith("; 3.213 CHF a day after costs.")
    assert evidence_sentences(FOUND, settings=german)[0].startswith("100 of 1.000 customers")


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        (("a",), "1 list held nobody out and is not in these figures."),
        (("a", "b"), "2 lists held nobody out and are not in these figures."),
    ],
)
def test_lists_that_are_left_out_are_counted(left_out, said):
    assert evidence_sentences(replace(FOUND, left_out=left_out), settings=SETTINGS)[-1] == said


@pytest.mark.parametrize(
    ("assumed", "said"),
    [
        (0, ""),
        (1, "1 of 1,200 decided calls has no outcome within the set time and counts as declined."),
        (30, "30 of 1,200 decided calls have no outcome within the set time and count as declined."),
    ],
)
def test_assumed_outcomes_are_never_kept_quiet(assumed, said):
    assert assumed_sentence(assumed, 1_200, numbers=NUMBER_FORMATS["en"]) == said

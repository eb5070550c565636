"""The level in force on the market page."""

from tests.unit.test_level_correction import outcomes


def level_view(open_page):
    page = open_page("market.py")
    page.radio(key="section").set_value("Level").run()
    assert not page.exception
    return page


def test_the_level_is_shown_with_what_moved_it(open_page):
    page = level_view(open_page)

    words = " ".join(text.value for text in page.markdown)
    assert [metric.value for metric in page.metric] == ["11.3 %", "-3.4 points", "0.0 points", "7.9 %"]
    assert "measured in: Euribor 3.60 %, employment 0.1 %, consumer prices 1.70 %." in words
    assert "The market since then moves it down to 7.9 %." in words
    assert "No outcomes recorded yet: the base rate in force is 11.3 % (Portugal 2008-10)." in words


def test_recorded_outcomes_move_the_level_on_the_screen(open_page, services):
    services.outcomes.record_many(outcomes(20, 180, base_rate=0.113))

    page = level_view(open_page)

    assert [metric.value for metric in page.metric] == ["11.3 %", "-3.4 points", "-2.2 points", "5.7 %"]
    assert "Of 200 decided calls in 90 days 20 sold where 40.0 were expected" in page.markdown[-1].value
    assert page.table[0].value["Log-odds"].tolist() == ["-0.96", "-0.40", "0.40", "-0.35"]

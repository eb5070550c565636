from dataclasses import replace

from tests.ui.test_customer import NOW, customers, rank_all


def test_the_decision_says_what_a_call_brings_while_the_prices_are_those_it_was_made_with(open_page, services, work):
    customers(services, [30, 60], ["Ana Silva", "Bruno Costa"])
    rank_all(services, work)

    def said():
        (metric,) = (each for each in open_page("customer.py", customer="lead-1").metric if each.label == "Decision")
        return metric.value, metric.delta

    propensity = services.predictions.history("lead-1")[0]["propensity"]
    assert said() == ("Worth a call", f"{80 * propensity - 8:.2f} EUR a call on average")
    services.settings.save(replace(services.settings.current(), value_of_sale=20.0), by="ada", at=NOW)
    assert said() == ("Worth a call", "")

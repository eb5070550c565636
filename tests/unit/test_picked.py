"""A file of customers picked from a larger number is no population."""

from dataclasses import replace
from datetime import timedelta

from smartbank.services.runs import RunSource, ranked_leads
from tests.actors import ANA
from tests.stubs import stub_leads
from tests.unit import test_scoring
from tests.unit.test_scoring import MORNING, score, upload

ports = test_scoring.ports


def test_picked_customers_of_a_file_keep_the_propensities_of_the_whole_they_were_picked_from(ports):
    ages = list(range(20, 80)) * 10
    everybody = stub_leads(ages).assign(customer_id=[f"c{place:03}" for place in range(len(ages))])
    whole = ranked_leads(score(ports, upload(ports, everybody)).run_id, by=ANA, frames=ports.frames)
    best = everybody[everybody["customer_id"].isin(whole.head(250)["customer_id"])]

    source = replace(upload(ports, best, upload_id="u2"), picked=True)
    picked = score(ports, source, now=MORNING + timedelta(hours=1))
    taken_for_whole = score(ports, upload(ports, best, upload_id="u3"), now=MORNING + timedelta(hours=2))

    kept = ranked_leads(picked.run_id, by=ANA, frames=ports.frames)
    assert kept["propensity"].tolist() == whole.head(250)["propensity"].tolist()
    assert picked.result["level_source"] == "earlier run"
    assert not picked.source.is_whole
    assert not picked.source_again.is_whole
    mean = ranked_leads(taken_for_whole.run_id, by=ANA, frames=ports.frames)["propensity"].mean()
    assert mean < 0.7 * kept["propensity"].mean()


def test_an_upload_that_was_not_picked_is_kept_as_an_older_smartbank_reads_it():
    whole, picked = (
        RunSource("upload", "a.csv", upload_id="u"),
        RunSource("upload", "a.csv", upload_id="u", picked=True),
    )

    assert "picked" not in whole.to_json()
    assert [RunSource(**each.to_json()) for each in (whole, picked)] == [whole, picked]

from pathlib import Path

import pytest

UCI = Path(__file__).parents[3] / "../shared/data/uci/bank-additional-full.csv"


@pytest.mark.skipif(not UCI.exists(), reason="bank-additional-full.csv is not there")
def test_every_row_of_the_uci_file_is_taken_and_the_file_is_recognised(upload):
    uploaded = upload(UCI.read_bytes(), UCI.name)

    assert (uploaded.report.rows, uploaded.report.clean) == (41_188, 41_188)
    assert uploaded.report.verdict == "ready"
    assert uploaded.report.training_rows
    assert uploaded.leads["customer_id"].iloc[0] == "row-74adfc57-000002"
    assert uploaded.leads["days_since_contact"].notna().sum() == 1_515

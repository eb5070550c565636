import csv
import io

from smartbank.core.fields import CUSTOMER_COLUMNS
from smartbank.core.template import SAMPLE_ROWS, TEMPLATE_NAME, allowed_values, upload_template


def test_the_template_uploaded_as_it_is_gives_its_sample_customers(upload):
    uploaded = upload(upload_template(), TEMPLATE_NAME)

    assert uploaded.report.verdict == "ready"
    assert uploaded.report.unmatched == []
    assert uploaded.aside.empty
    assert uploaded.leads["customer_id"].tolist() == [row[0] for row in SAMPLE_ROWS]
    assert uploaded.leads["phone"].tolist() == [row[2] for row in SAMPLE_ROWS]


def test_the_template_says_what_each_column_may_hold():
    header, note, *_ = upload_template().decode("utf-8-sig").splitlines()

    assert header == ",".join(CUSTOMER_COLUMNS)
    assert note.startswith("allowed values,")
    assert "one of: divorced, married, single; empty if unknown" in note
    assert allowed_values("attempt") == "whole number from 1 to 100, this one included; empty if unknown"


def test_the_template_covers_every_column_consent_included():
    header, note, *_ = csv.reader(io.StringIO(upload_template().decode("utf-8-sig")))

    said = dict(zip(header, note, strict=True))
    assert tuple(said) == CUSTOMER_COLUMNS
    assert said["consent"] == said["do_not_call"] == said["objected"] == "one of: yes, no; empty if unknown"
    assert all(said.values())

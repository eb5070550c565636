"""Whatever bit of a stored entry is flipped, the check of the chain finds it."""

import bson
from bson.codec_options import CodecOptions, DatetimeConversion
from hypothesis import given, settings
from hypothesis import strategies as st

from smartbank.adapters.audit_documents import entry_document, read_entry
from smartbank.core.audit_chain import check_chain
from tests.audit_logs import log_of

AS_STORED = CodecOptions(
    tz_aware=True, datetime_conversion=DatetimeConversion.DATETIME_AUTO, unicode_decode_error_handler="replace"
)
LOG = log_of(6)
STORED = [bson.encode(entry_document(entry, schema_version=2)) for entry in LOG.kept]
FIELDS = list(entry_document(LOG.kept[0], schema_version=2))


def read(data):
    return read_entry(bson.decode(data, codec_options=AS_STORED), schema_version=2)


def faults(place, data):
    """Return what is wrong with the log when an entry is stored as these bytes."""
    return check_chain([*LOG.kept[:place], read(data), *LOG.kept[place + 1 :]], heads=[LOG.head()]).faults


def begin_of(name, data):
    return data.index(name.encode() + b"\0") - 1


def test_what_is_stored_unchanged_is_intact():
    assert [faults(place, data) for place, data in enumerate(STORED)] == [()] * len(STORED)


@settings(max_examples=600)
@given(st.integers(0, len(STORED) - 1), st.sampled_from(FIELDS), st.integers(0, 7), st.data())
def test_a_flipped_bit_of_any_field_is_found_or_cannot_be_read_or_reads_the_same(place, name, bit, data):
    stored = bytearray(STORED[place])
    after = FIELDS[FIELDS.index(name) + 1 :]
    end = begin_of(after[0], stored) if after else len(stored)
    at = data.draw(st.integers(begin_of(name, stored), end - 1))

    stored[at] ^= 1 << bit

    try:
        changed = read(bytes(stored))
    except bson.errors.InvalidBSON:
        return  # reading it fails, and the check with it
    assert repr(changed) == repr(read(STORED[place])) or faults(place, bytes(stored))

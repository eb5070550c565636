"""What a vault promises: only its keys open, only in the right place, and only what was not touched."""

import fcntl
import stat
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartbank.adapters.key_file import KeyFile, new_key
from smartbank.adapters.vault import SEALED_BYTES_MORE, Vault, key_id
from smartbank.errors import StartUpError, StorageError

OLD, NEW = bytes(range(32)), bytes(range(32, 64))
VAULT = Vault([NEW, OLD])
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(text=TEXTS, about=TEXTS)
def test_a_text_comes_back_and_no_two_sealings_are_alike(text, about):
    sealed = VAULT.seal_text(text, about)

    assert VAULT.open_text(sealed, about) == text
    assert sealed != VAULT.seal_text(text, about)
    assert sealed.isascii()


@given(data=st.binary(), about=TEXTS)
def test_bytes_come_back_a_little_longer_when_sealed(data, about):
    sealed = VAULT.seal_bytes(data, about)

    assert VAULT.open_bytes(sealed, about) == data
    assert len(sealed) == len(data) + SEALED_BYTES_MORE


@given(text=TEXTS, about=TEXTS, elsewhere=TEXTS)
def test_a_value_moved_elsewhere_does_not_open(text, about, elsewhere):
    if about == elsewhere:
        elsewhere += "!"

    with pytest.raises(StorageError, match="was changed"):
        VAULT.open_text(VAULT.seal_text(text, about), elsewhere)


@given(data=st.binary(), flipped=st.integers(0, 7), share=st.floats(0, 1, exclude_max=True))
def test_one_changed_bit_anywhere_and_nothing_opens(data, flipped, share):
    sealed = bytearray(VAULT.seal_bytes(data, "chunk:1"))
    sealed[int(share * len(sealed))] ^= 1 << flipped

    with pytest.raises(StorageError):
        VAULT.open_bytes(bytes(sealed), "chunk:1")


@pytest.mark.parametrize("stored", ["", "Ana Silva", "s1.", "s1.00000000.", "s1.abc"])
def test_what_was_never_sealed_is_refused(stored):
    with pytest.raises(StorageError) as caught:
        VAULT.open_text(stored, "customer:1:name")

    assert "Ana" not in str(caught.value)


@pytest.mark.parametrize("content", ["", "AAAA", "not base64", "ü"])
def test_a_sealed_text_cut_short_is_refused(content):
    with pytest.raises(StorageError, match="was changed"):
        VAULT.open_text(f"s1.{key_id(NEW)}.{content}", "customer:1:name")


def test_a_key_that_is_not_there_is_named_by_its_id_alone():
    sealed = Vault([OLD]).seal_text("Ana Silva", "customer:1:name")

    with pytest.raises(StorageError, match=f"the key {key_id(OLD)}, which is not there") as caught:
        Vault([NEW]).open_text(sealed, "customer:1:name")

    assert "Ana" not in str(caught.value)
    assert sealed.rpartition(".")[2] not in str(caught.value)


def test_the_newest_key_seals_and_an_older_one_still_opens():
    before = Vault([OLD]).seal_text("Ana", "customer:1:name")

    assert VAULT.open_text(before, "customer:1:name") == "Ana"
    assert VAULT.seal_text("Ana", "customer:1:name").split(".")[1] == VAULT.sealing_key() == key_id(NEW)
    assert VAULT.key_ids() == [key_id(NEW), key_id(OLD)]


def test_tokens_are_64_bits_that_depend_on_the_key():
    ana = VAULT.token("ana")

    assert len(ana) == 11
    assert ana == Vault([NEW]).token("ana")
    assert VAULT.tokens_of_every_key("ana") == [Vault([OLD]).token("ana"), ana]
    assert len({ana, Vault([OLD]).token("ana"), VAULT.token("anb")}) == 3


def test_a_fingerprint_is_compared_under_the_key_it_was_made_with():
    before = Vault([OLD]).fingerprint(["c1", {"name": "Ana"}])

    assert VAULT.is_fingerprint_of(before, ["c1", {"name": "Ana"}])
    assert not VAULT.is_fingerprint_of(before, ["c2", {"name": "Ana"}])
    assert VAULT.fingerprint(["c1", {"name": "Ana"}]) != before


def test_the_file_is_its_owners_alone_and_says_what_losing_it_means(tmp_path):
    kept = KeyFile(tmp_path / "var")

    (key,) = kept.load_or_make()

    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700
    first, line = kept.path.read_text().splitlines()
    assert "every name and phone number is lost" in first
    assert line == b64encode(key).decode()
    assert sorted(path.name for path in (tmp_path / "var").iterdir()) == ["data-keys", "data-keys.lock"]


def test_of_several_that_start_at_once_one_makes_the_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: KeyFile(tmp_path / "var").load_or_make(), range(8)))

    assert len({tuple(keys) for keys in found}) == 1


@pytest.mark.parametrize("content", ["", "# nothing\n", "AAAA\n", "not a key\n", "\xff\n"])
def test_a_file_without_usable_keys_is_said_in_words(tmp_path, content):
    kept = KeyFile(tmp_path)
    kept.path.write_text(content)

    with pytest.raises(StartUpError, match="holds no usable keys"):
        kept.load_or_make()


def test_a_new_key_is_noticed_before_a_write_in_a_search_and_when_something_is_sealed_with_it(tmp_path):
    kept = KeyFile(tmp_path)
    (old,) = kept.load_or_make()
    one, two, three = (Vault(kept.load(), kept_in=kept) for _ in range(3))
    new = new_key()
    with kept.alone():
        kept.save([new, old])

    with one.writing():
        sealed = one.seal_text("Ana", "customer:1:name")

    assert one.sealing_key() == key_id(new)
    assert two.open_text(sealed, "customer:1:name") == "Ana"
    assert len(three.tokens_of_every_key("ana")) == 2


def test_a_key_taken_away_is_still_known_to_who_saw_it_but_seals_no_more(tmp_path):
    kept = KeyFile(tmp_path)
    kept.load_or_make()
    vault = Vault(kept.load(), kept_in=kept)
    sealed = vault.seal_text("Ana", "customer:1:name")

    with kept.alone():
        kept.save([new_key()])

    assert vault.open_text(sealed, "customer:1:name") == "Ana"
    assert len(vault.tokens_of_every_key("ana")) == 1


def test_while_somebody_writes_nobody_changes_the_keys_and_the_other_way_round(tmp_path):
    kept = KeyFile(tmp_path)
    writer, rotation = (Vault(kept.load_or_make(), kept_in=kept) for _ in range(2))

    def could_take(how):
        with (tmp_path / "data-keys.lock").open() as lock:
            try:
                fcntl.flock(lock, how | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

    with writer.writing():
        assert (could_take(fcntl.LOCK_SH), could_take(fcntl.LOCK_EX)) == (True, False)
    with rotation.alone(), rotation.writing():
        assert (could_take(fcntl.LOCK_SH), could_take(fcntl.LOCK_EX)) == (False, False)
    assert could_take(fcntl.LOCK_EX)

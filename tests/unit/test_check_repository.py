from base64 import b64encode

import pytest

from scripts.check_repository import FORBIDDEN, ROOT, SECRETS, broken_links, found_words, long_files, unguarded_pages

GUARD = "user = require_user(Right.SEE_LEADS)\n"


def test_a_python_file_may_have_300_lines_and_no_more():
    texts = {ROOT / "short.py": "x\n" * 300, ROOT / "long.py": "x\n" * 301, ROOT / "long.md": "x\n" * 301}

    [finding] = long_files(texts)

    assert "long.py: 301 lines" in finding


@pytest.mark.parametrize(
    "word", ["# TO" + "DO later", "import pic" + "kle", "st.markdown(x, unsafe_allow_" + "html=True)"]
)
def test_a_forbidden_word_is_found_with_its_line(word):
    [finding] = found_words({ROOT / "a.py": f"x = 1\n{word}\n"}, FORBIDDEN)

    assert "a.py:2: " in finding


@pytest.mark.parametrize(
    "secret",
    [
        "-----BEGIN EC PRIVATE " + "KEY-----",
        "AKIA" + 16 * "A",
        "ghp_" + 36 * "a",
        "eyJ" + 12 * "a" + ".eyJ" + 12 * "b" + ".sig",
        b64encode(bytes(range(32))).decode(),
    ],
)
def test_a_secret_is_found_with_its_line_and_not_repeated(secret):
    [finding] = found_words({ROOT / "deploy.conf": f"# an example\nkey {secret};\n"}, SECRETS)

    assert "deploy.conf:2: a " in finding
    assert secret not in finding


@pytest.mark.parametrize(
    ("page", "findings"),
    [
        (f'"""A page."""\nimport streamlit as st\n{GUARD}st.title("x")\n', 0),
        ("require_user(Right.EXPORT)\n", 0),
        (f'import streamlit as st\nst.title("x")\n{GUARD}', 1),
        ('"""Nothing but a docstring."""\n', 1),
    ],
)
def test_a_page_must_require_the_user_before_anything_else(page, findings):
    assert len(unguarded_pages({ROOT / "pages" / "leads.py": page})) == findings


@pytest.mark.parametrize(
    ("link", "findings"),
    [
        ("[code](../Makefile)", 0),
        ("[below](#two-words)", 0),
        ("[web](https://example.org/x)", 0),
        ("[gone](../no-such-file)", 1),
        ("[nowhere](#three-words)", 1),
        ("![picture](no-such.svg)", 1),
    ],
)
def test_a_link_must_lead_to_a_file_or_a_heading(link, findings):
    assert len(broken_links({ROOT / "docs" / "a.md": f"# A page\n{link}\n## Two words\n"})) == findings

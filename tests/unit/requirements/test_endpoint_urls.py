"""URLs of endpoints: what may stand in a file, and what is told of one in a variable."""

from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from weighin.requirements.checks.endpoint_urls import (
    hidden,
    is_url,
    is_variable,
    of_hidden,
    parted,
)

ODD = st.text(alphabet="http:/s@[]?#%.\\_-A1é \n{}$", max_size=30).map("https://h".__add__)


@pytest.mark.parametrize(
    ("url", "origin", "rest"),
    [
        ("https://host/a", "https://host", "/a"),
        ("https://HOST:443/a?b", "https://host", "/a?b"),
        ("http://host:0080", "http://host", ""),
        ("http://host:443?b=/c", "http://host:443", "?b=/c"),
        ("http://127.0.0.1:8000/a@b", "http://127.0.0.1:8000", "/a@b"),
        ("https://[::1]:8000/a", "https://[::1]:8000", "/a"),
        ("http://a_b.c-d/", "http://a_b.c-d", "/"),
    ],
)
def test_a_url_is_told_in_one_spelling(url, origin, rest):
    assert parted(url) == (origin, rest)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "host/a",
        "http:host/a",
        "http:///a",
        "ftp://host/a",
        "http://user@host/a",
        "http://user:password@host/a",
        "http://host/a#b",
        "http://host/a\n",
        "http://host/a b",
        "http://host/é",
        "http://hôst/a",
        "http://host:/a",
        "http://host:0/a",
        "http://host:65536/a",
        "http://host:a/a",
        "http://[::g]/a",
        "http://[1]/a",
        "http://host\\@other/a",
    ],
)
def test_what_is_no_url_is_not_told_at_all(text):
    assert parted(text) is None


@given(ODD | st.text())
@example("https://[::1")
def test_what_is_told_is_where_a_request_goes(text):
    found = parted(text)
    if found is None:
        return
    origin, rest = found
    asked, told = urlsplit(text), urlsplit(origin)
    assert (asked.scheme, asked.hostname) == (told.scheme, told.hostname)
    assert (asked.username, asked.password, asked.fragment) == (None, None, "")
    default = {"http": 80, "https": 443}[told.scheme]
    assert (asked.port or default) == (told.port or default)
    assert text.endswith(rest)
    assert (told.path, told.query) == ("", "")


@given(st.from_regex(r"[A-Za-z_][A-Za-z0-9_]*", fullmatch=True))
def test_a_hidden_url_is_read_back(variable):
    assert is_variable(variable)
    told = hidden("https://host:8000", variable)
    assert told == f"https://host:8000/${{{variable}}}"
    assert of_hidden(told) == ("https://host:8000", variable)
    assert not is_url(told)


@given(ODD)
def test_a_url_that_may_stand_in_a_file_hides_nothing(text):
    assert not is_url(text) or of_hidden(text) is None

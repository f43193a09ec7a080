"""Variables that name a hub or a proxy: what is no URL is refused, and its value is not shown."""

import pytest

from weighin.errors import UsageError
from weighin.hub_endpoint import require_endpoint, require_proxies

SECRET = "s3cret"


@pytest.mark.parametrize("name", ["HTTP_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize(
    "value",
    [
        f"http://me:{SECRET}/x@host:1", f"http://me:{SECRET}#x@host:1", f"http://me:{SECRET}?@host",
        f"http://me:{SECRET}@[::1", f"http://me:{SECRET}@host:99999", f"me:{SECRET}@host:1",
        f"nonsense://me:{SECRET}@host", f"http://me:{SECRET} x@host", f"http://{SECRET}:x",
        f"http://me:12/{SECRET}@host:1", f"http://me:12#{SECRET}@host:1", f"http://{SECRET}?x@host:1",
    ],
)  # fmt: skip
def test_a_proxy_that_is_no_url_is_named_by_its_variable_alone(name, value):
    with pytest.raises(UsageError, match=rf"^{name}: expected the URL of a proxy") as raised:
        require_proxies({name: value})
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize(
    "value",
    ["", "http://host:3128", "host:3128", "https://me:p%23w@host", "socks5h://host", "http://[::1]:1"],
)  # fmt: skip
def test_a_proxy_as_people_write_it_is_taken(value):
    require_proxies({"HTTPS_PROXY": value, "NO_PROXY": "::: nonsense"})


@pytest.mark.parametrize("value", [f"ftp://{SECRET}@host", SECRET, f"https://me:{SECRET}/@host"])
def test_an_endpoint_that_is_no_url_is_not_shown(value):
    with pytest.raises(UsageError, match=r"^HF_ENDPOINT: expected") as raised:
        require_endpoint({"HF_ENDPOINT": value})
    assert SECRET not in str(raised.value)

"""Where a server is: addresses, keys and proxies, from settings and an environment."""

import dataclasses

import pytest

from qwq_cli.endpoint import Endpoint, Wished, endpoint_of
from qwq_cli.errors import ConfigError


def endpoint(url: str, *, api_key: str | None = None, **environ: str) -> Endpoint:
    return endpoint_of(Wished(url, api_key), environ)


@pytest.mark.parametrize(
    ("given", "url", "root"),
    [
        ("http://localhost:8000", "http://localhost:8000/v1", "http://localhost:8000"),
        ("http://localhost:8000/", "http://localhost:8000/v1", "http://localhost:8000"),
        (" https://h/v1/ ", "https://h/v1", "https://h"),
        ("https://h/api/v1", "https://h/api/v1", "https://h/api"),
        ("https://h/v1beta", "https://h/v1beta", "https://h"),
        ("https://h/openai", "https://h/openai/v1", "https://h/openai"),
        ("http://[::1]:1", "http://[::1]:1/v1", "http://[::1]:1"),
    ],
)
def test_addresses(given: str, url: str, root: str) -> None:
    found = endpoint(given)
    assert (found.url, found.root) == (url, root)


@pytest.mark.parametrize(
    "given", ["localhost:8000", "ftp://h", "http://", "http://h:port", "http://h?a=1", "http://h#a"]
)
def test_what_is_no_address(given: str) -> None:
    with pytest.raises(ConfigError, match="base_url"):
        endpoint(given)


def test_no_server_is_set() -> None:
    with pytest.raises(ConfigError, match="give --base-url"):
        endpoint_of(Wished(), {})


def test_a_password_in_an_address_is_not_repeated() -> None:
    with pytest.raises(ConfigError, match="set api_key instead") as raised:
        endpoint("https://me:hush@h")
    assert "hush" not in str(raised.value)


def test_keys() -> None:
    assert endpoint("http://h", api_key="mine", OPENAI_API_KEY="other").key == "mine"
    assert endpoint("https://h", OPENAI_API_KEY="other").key == "other"
    assert endpoint("http://127.0.0.1:1", OPENAI_API_KEY="other").key == "other"
    assert endpoint("http://localhost:1", OPENAI_API_KEY="other").key == "other"
    # A key for OpenAI goes over no network in the clear.
    assert endpoint("http://h", OPENAI_API_KEY="other").key == ""
    for wrong in ("a b", "a\nb", "schlüssel"):
        with pytest.raises(ConfigError, match="the API key is none") as raised:
            endpoint("http://h", api_key=wrong)
        assert wrong not in str(raised.value)


def test_secrets_are_not_shown() -> None:
    found = dataclasses.replace(endpoint("https://h", api_key="hush"), proxy="http://a:pw@p")
    for value in (found, Wished("https://h", "hush", proxy="http://a:pw@p")):
        assert "hush" not in repr(value)
        assert "pw" not in repr(value)


FAR = "https://far.example:8443"


@pytest.mark.parametrize(
    ("url", "environ", "proxy"),
    [
        (FAR, {"HTTPS_PROXY": "http://p:1"}, "http://p:1"),
        (FAR, {"https_proxy": "p:1"}, "http://p:1"),
        (FAR, {"ALL_PROXY": "http://p:1"}, "http://p:1"),
        (FAR, {"http_proxy": "http://p:1"}, None),
        ("http://far.example", {"http_proxy": "http://p:1"}, "http://p:1"),
        ("http://far.example", {"HTTP_PROXY": "http://p:1"}, None),
        ("http://localhost:8000", {"http_proxy": "http://p:1"}, None),
        ("http://127.0.0.2:8000", {"ALL_PROXY": "http://p:1"}, None),
        (FAR, {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "*"}, None),
        (FAR, {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "a, .example"}, None),
        (FAR, {"HTTPS_PROXY": "http://p:1", "no_proxy": "FAR.example:8443"}, None),
        (FAR, {"HTTPS_PROXY": "http://p:1", "no_proxy": "far.example:1"}, "http://p:1"),
        (FAR, {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "ar.example,,"}, "http://p:1"),
    ],
)
def test_proxies(url: str, environ: dict[str, str], proxy: str | None) -> None:
    assert endpoint(url, **environ).proxy == proxy
    set_one = endpoint_of(Wished(url, proxy="http://mine:2"), environ)
    assert set_one.proxy == "http://mine:2"
    assert endpoint_of(Wished(url, proxy="mine:2"), environ).proxy == "http://mine:2"


def test_certificates_and_patience() -> None:
    assert endpoint("https://h", SSL_CERT_FILE="/a.pem").ca_file == "/a.pem"
    found = endpoint_of(Wished("https://h", ca_file="/b.pem", timeout=7), {"SSL_CERT_FILE": "/a"})
    assert (found.ca_file, found.patience_s) == ("/b.pem", 7)

from contextlib import suppress
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from a360tui.api import Address, parse_address
from a360tui.errors import InvalidInput


@pytest.mark.parametrize(
    ("pasted", "url"),
    [
        ("acme.my.automationanywhere.digital", "https://acme.my.automationanywhere.digital"),
        ("https://cr.example.com/#/login", "https://cr.example.com"),
        ("https://cr.example.com/#/index?x=1", "https://cr.example.com"),
        ("https://cr.example.com?next=/", "https://cr.example.com"),
        ('  "https://CR.Example.com:8443/"\n', "https://cr.example.com:8443"),
        ("<https://cr.example.com/>", "https://cr.example.com"),
        ("cr.example.com.", "https://cr.example.com"),
        ("HTTPS://cr.example.com:443/", "https://cr.example.com"),
        ("cr_1.example.com", "https://cr_1.example.com"),
        ("https:\\\\cr.example.com\\login", "https://cr.example.com"),
        ("https:/cr.example.com", "https://cr.example.com"),
        ("https:cr.example.com", "https://cr.example.com"),
        ("https//cr.example.com:8443", "https://cr.example.com:8443"),
        ("(https://cr.example.com),", "https://cr.example.com"),
        ("[::1]:8080", "https://[::1]:8080"),
        ("2001:DB8::0001", "https://[2001:db8::1]"),
        ("10.1.2.3:8443", "https://10.1.2.3:8443"),
        ("bücher.example", "https://xn--bcher-kva.example"),
        ("XN--BCHER-KVA.example", "https://xn--bcher-kva.example"),
        ("日本語カタカナ.example", "https://xn--lcka3d1b3769bcvb2w6i.example"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://127.0.0.1", "http://127.0.0.1"),
        ("http://[::1]:80", "http://[::1]"),
    ],
)
def test_pasted_addresses_are_repaired(pasted: str, url: str) -> None:
    """What people copy from a browser, a mail or a document becomes scheme, host and port."""
    assert parse_address(pasted).url == url


@pytest.mark.parametrize(
    ("pasted", "words"),
    [
        ("", "empty"),
        (' "" ', "empty"),
        ("https://", "does not name a host"),
        ("https:///#/login", "does not name a host"),
        ("http://cr.example.com", "unprotected"),
        ("http://control-room.localhost", "unprotected"),
        ("http://localhost.evil.example", "unprotected"),
        ("http://127.0.0.1.evil.example", "unprotected"),
        ("http://10.0.0.1", "unprotected"),
        ("http://0.0.0.0", "unprotected"),
        ("http://[::]", "unprotected"),
        ("http://[::ffff:10.0.0.1]", "unprotected"),
        ("ftp://cr.example.com", "ftp://"),
        ("https://jdoe:hunter2@cr.example.com", "user name or a password"),
        ("jdoe@cr.example.com", "user name or a password"),
        ("https://jdoe:hun/ter2@cr.example.com", "user name or a password"),
        ("https://jdoe:hun:te#r2@cr.example.com", "user name or a password"),
        ("https://[jdoe?hunter2@cr.example.com", "user name or a password"),
        ("cr.exa\u202emple.com", "cannot be seen"),
        ("cr.exa\nmple.com", "cannot be seen"),
        ("cr.exa\u200bmple.com", "cannot be seen"),
        ("\u0430pple.example", "mixes letters"),
        ("xn--pple-43d.example", "mixes letters"),
        ("cr.example.com:0", "port"),
        ("cr.example.com:65536", "port"),
        ("cr.example.com:https", "port"),
        ("[::1", "without its"),
        ("my company", "not a host name"),
        ("cr..example.com", "not a host name"),
        ("-cr.example.com", "not a host name"),
        ("http://0x7f.1", "not a host name"),
        ("http://127.1", "not a host name"),
        ("http://2130706433", "not a host name"),
        ("http://0177.0.0.1", "not a host name"),
        ("http://127.0.0.1.", "not a host name"),
        ("１２７.0.0.1", "not a host name"),
        ("cr.example.com＠evil.example", "not a host name"),
        ("fe80::1%eth0", "not a host name"),
        ("a" * 3000, "too long"),
    ],
)
def test_what_cannot_be_repaired_is_refused(pasted: str, words: str) -> None:
    """Each kind of unusable address gets a sentence that says why, at the address field."""
    with pytest.raises(InvalidInput, match=words) as refused:
        parse_address(pasted)
    assert refused.value.field == "address"


def test_a_password_in_an_address_is_not_repeated() -> None:
    """The refusal of an address with a password in it does not show the password, whatever else is wrong with it."""
    with pytest.raises(InvalidInput) as refused:
        parse_address("https://jdoe:hunter2\u202e@cr.example.com")
    assert "hunter2" not in str(refused.value)


def test_people_see_the_host_and_a_port_that_is_not_the_usual() -> None:
    """The short form has neither scheme nor a port that goes without saying."""
    assert parse_address("https://cr.example.com:443").display == "cr.example.com"
    assert parse_address("https://cr.example.com:80").display == "cr.example.com:80"


@pytest.mark.parametrize(
    ("host", "stays"),
    [("localhost", True), ("127.9.9.9", True), ("::1", True), ("cr.example.com", False), ("10.0.0.1", False)],
)
def test_loopback_is_known(host: str, stays: bool) -> None:
    """Only addresses of this machine count as loopback."""
    assert Address("https", host, 443).is_loopback is stays


@settings(deadline=None)
@given(st.text(max_size=60) | st.from_regex(r"(https?://)?[\w.\-:@\[\]/#?%]{0,40}"))
@example("http://localhost.\u3002")
@example("xn--a.example")
@example("[1::2]:")
def test_any_text_is_an_address_or_a_sentence(text: str) -> None:
    """Whatever is pasted either gives an address that is read back the same, or is refused at its field."""
    address, field = None, ""
    try:
        address = parse_address(text)
    except InvalidInput as refused:
        field = refused.field
    if address is None:
        assert field == "address"
    else:
        assert parse_address(address.url) == address
        assert address.url.isascii()
        assert address.scheme == "https" or address.is_loopback


_CONFUSING = "https://http:/\\@:?#[]%.。．｡@ \t\n\r\x00\u200b\u00adabcdeäß0127xX-_~!$&'()*+,;=localhost"


@settings(deadline=None, max_examples=600)
@given(
    st.text(st.sampled_from(_CONFUSING), max_size=30)
    | st.builds(
        "".join,
        st.lists(
            st.sampled_from(
                [
                    "https:",
                    "http:",
                    "/",
                    "\\",
                    "@",
                    "cr.example",
                    "evil.example",
                    ":",
                    "443",
                    "#",
                    "?",
                    "[",
                    "]",
                    "::1",
                    "%2f",
                    "。",
                    "．",
                    "\t",
                    "%00",
                    ".",
                    "localhost",
                    "127.0.0.1",
                    "xn--",
                    "0x7f.1",
                    "user",
                    "１",
                ]
            ),
            max_size=9,
        ),
    )
)
@example("https://a@b")
@example("https:/\\host")
@example("https:\\\\cr.example\\@evil.example")
@example("https://cr.example\\@evil.example")
@example("https://cr.example#@evil.example")
@example("https://cr.example?@evil.example")
@example("https://cr.example。evil.example")
@example("https://cr.example．evil.example")
@example("https://cr.exa\tmple")
@example("https://cr.example:443@evil.example")
@example("https://cr.example%2f@evil.example")
@example("https://cr.example:")
@example("https://[::ffff:127.0.0.1]")
@example("https://ß.example")
@example("http://127.0.0.1.evil.example")
def test_it_is_read_as_the_http_library_reads_it(text: str) -> None:
    """No parser differential: scheme, host and port are what the request goes to, and reading again changes nothing."""
    address = None
    with suppress(InvalidInput):
        address = parse_address(text)
    if address is None:
        return
    url = httpx.URL(address.url + "/v2/authentication")
    assert (url.scheme, url.raw_host.decode().strip("[]"), url.port or {"https": 443, "http": 80}[url.scheme]) == (
        address.scheme,
        address.host,
        address.port,
    )
    assert (url.path, url.query, url.fragment, url.userinfo) == ("/v2/authentication", b"", "", b"")
    split = urlsplit(address.url)
    assert (split.scheme, split.hostname) == (address.scheme, address.host)
    assert parse_address(parse_address(address.url).url) == address
    assert "evil.example" not in address.host or "evil.example" in text.replace("。", ".").replace("．", ".")

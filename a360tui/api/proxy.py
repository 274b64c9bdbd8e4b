"""The proxy that the environment names for a Control Room: ``HTTPS_PROXY``, ``ALL_PROXY``, and ``NO_PROXY`` against it.

It is chosen here and not by the HTTP library, so that the proxy that is shown is the one in use. It only ever carries
https, as a tunnel, so it sees nothing but the host's name. Loopback addresses use no proxy.
"""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from a360tui.api.address import Address
from a360tui.errors import InvalidInput
from a360tui.secret import Secret
from a360tui.text import is_harmless, shortened

_LONGEST = 100
_PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}
"""Scheme → the port of a proxy whose URL names none."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """The proxy on the way."""

    scheme: str
    host: str
    """A name or an address, IPv6 without brackets."""
    port: int
    display: str
    """``host:port`` for people, harmless and without its user and password."""
    credential: Secret | None = field(default=None, repr=False)
    """``user:password`` of its URL."""

    @property
    def url(self) -> str:
        """The URL without the credential."""
        return f"{self.scheme}://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    @property
    def is_plain(self) -> bool:
        """Whether it is spoken to by HTTP without TLS: the kind that can be looked through."""
        return self.scheme == "http"


def proxy_for(address: Address) -> Proxy | None:
    """The proxy that a request to this address goes through; ``None`` where the connection is direct.

    Raises `InvalidInput` for a URL that cannot be used: a proxy that is wanted must not be bypassed.
    """
    if address.scheme != "https" or address.is_loopback:
        return None
    named = getproxies()
    url = named.get("https") or named.get("all")
    if not url or proxy_bypass(f"[{address.host}]" if ":" in address.host else f"{address.host}:{address.port}"):
        return None
    proxy = _read(url if "://" in url else f"http://{url}")
    if proxy is None:
        raise unusable()
    return proxy


def unusable() -> InvalidInput:
    """The error for a proxy setting that cannot be used."""
    return InvalidInput(
        "The proxy that the environment names cannot be used; nothing was sent.",
        "Correct HTTPS_PROXY and ALL_PROXY, or name the Control Room in NO_PROXY. In a password, / ? # @ : are written "
        "%2F %3F %23 %40 %3A.",
        field="proxy",
    )


def _read(url: str) -> Proxy | None:
    """The proxy of a URL; ``None`` where it is no clear address.

    After an unescaped ``/``, ``?`` or ``#`` in a password, what looks like the host is the user, and must not be shown.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    shown = parts.netloc.rpartition("@")[2]
    if not host or parts.path not in {"", "/"} or parts.query or parts.fragment or not is_harmless(shown):
        return None
    credential = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else ""
    return Proxy(parts.scheme, host, port, shortened(shown, _LONGEST), Secret(credential) if credential else None)

"""The proxy that the environment names for a Control Room: ``HTTPS_PROXY``, ``ALL_PROXY``, and ``NO_PROXY`` against it.

It is chosen here and not by the HTTP library, so that the proxy that is shown is the one in use. It only ever carries
https, as a tunnel, so it sees nothing but the host's name. Loopback addresses use no proxy.
"""

from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from a360tui.api.address import Address
from a360tui.errors import InvalidInput
from a360tui.secret import Secret
from a360tui.text import harmless, shortened

_LONGEST = 100


def proxy_for(address: Address) -> Secret | None:
    """The proxy's URL, which may hold a password; ``None`` where the connection is direct.

    Raises `InvalidInput` for a URL without a host: a proxy that is wanted must not be bypassed.
    """
    if address.scheme != "https" or address.is_loopback:
        return None
    named = getproxies()
    url = named.get("https") or named.get("all")
    if not url or proxy_bypass(f"[{address.host}]" if ":" in address.host else f"{address.host}:{address.port}"):
        return None
    proxy = Secret(url if "://" in url else f"http://{url}")
    if not shown_proxy(proxy):
        raise unusable()
    return proxy


def unusable() -> InvalidInput:
    """The error for a proxy setting that cannot be used."""
    return InvalidInput(
        "The proxy that the environment names cannot be used; nothing was sent.",
        "Correct HTTPS_PROXY and ALL_PROXY, or name the Control Room in NO_PROXY.",
        field="proxy",
    )


def shown_proxy(url: Secret) -> str:
    """``host:port`` of a proxy, without its user and password; empty where the URL has no valid host."""
    try:
        host = urlsplit(url.reveal()).netloc.rpartition("@")[2]
    except ValueError:
        host = ""
    return shortened(host, _LONGEST) if harmless(host) == host else ""

"""The proxy that the environment names for a Control Room: ``HTTPS_PROXY``, ``ALL_PROXY``, and ``NO_PROXY`` against it.

It is chosen here and not by the HTTP library, so that what is shown is what is used. It only ever carries https, as a
tunnel: it sees the host's name and nothing else. What stays on this machine goes through none.
"""

from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from a360tui.api.address import Address
from a360tui.secret import Secret
from a360tui.text import harmless, shortened

_LONGEST = 100


def proxy_for(address: Address) -> Secret | None:
    """The proxy's URL, which may hold a password; ``None`` where the connection is direct."""
    if address.scheme != "https" or address.is_loopback:
        return None
    named = getproxies()
    url = named.get("https") or named.get("all")
    if not url or proxy_bypass(f"[{address.host}]" if ":" in address.host else f"{address.host}:{address.port}"):
        return None
    return Secret(url if "://" in url else f"http://{url}")


def shown_proxy(url: Secret) -> str:
    """``host:port`` of a proxy, harmless and without its user and password."""
    try:
        authority = urlsplit(url.reveal()).netloc
    except ValueError:
        authority = ""
    return shortened(harmless(authority.rpartition("@")[2]), _LONGEST)

"""The address of a Control Room, repaired from what people paste.

``acme.my.automationanywhere.digital``, ``https://cr.example.com/#/login`` and ``"https://CR.example.com:8443/"``: each
stands for a scheme, a host and a port. A credential belongs to exactly these (and a user), and is sent nowhere else.
Host names go through IDNA (UTS-46) and are shown in the form in which they are sent, ``xn--…``, so that a look-alike
letter cannot hide.
"""

import ipaddress
import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from a360tui.errors import InvalidInput
from a360tui.origin import DEFAULT_PORTS, authority, origin
from a360tui.text import quoted

Scheme = Literal["https", "http"]

_HIGHEST_PORT = 65535
_LONGEST = 2000
_AROUND = "\"'`“”‘’«»<>(),;"
"""What stands around an address in a text."""
_SCHEME = re.compile(r"(https?)(?::/*|//+)|([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
"""With one slash or two, without the colon: a slip that would else be a host called *https*."""
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
"""Underscores are not valid in DNS names, but machines have them all the same."""
_LONGEST_HOST = 253
_SCRIPTS_TOGETHER = (
    frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "CJK", "BOPOMOFO"}),
    frozenset({"LATIN", "CJK", "HANGUL"}),
)
"""Scripts that one language mixes in one word; browsers allow the same (Unicode TS 39, *highly restrictive*)."""
_EXAMPLE = "Give it as https://NAME.my.automationanywhere.digital or https://HOST:PORT."


@dataclass(frozen=True, slots=True)
class Address:
    """Where a Control Room is; make one with `parse_address`."""

    scheme: Scheme
    host: str
    """ASCII, lower case: a name, an IPv4 address, or an IPv6 address without brackets."""
    port: int

    @property
    def url(self) -> str:
        """``https://host`` or ``https://host:port``, without a path."""
        return origin(self.scheme, self.host, self.port)

    @property
    def display(self) -> str:
        """``host`` or ``host:port``, for people."""
        return authority(self.scheme, self.host, self.port)

    @property
    def is_loopback(self) -> bool:
        """Whether it stays on this machine; a name below ``localhost`` may not: resolvers ask the network for it."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def __str__(self) -> str:
        return self.url


def parse_address(text: str) -> Address:
    """The address that a typed or pasted text means.

    Without a scheme it is https. Path, query and fragment are dropped, as are blanks, quotes and commas around it and a
    trailing dot. Raises `InvalidInput` on the field ``address`` for what cannot be repaired, and for ``http`` to
    another machine.
    """
    pasted = text.strip().strip(_AROUND).strip()
    if not pasted:
        raise _invalid("The address is empty.")
    scheme, authority = _split(pasted)
    try:
        address = _address(pasted, scheme, authority)
    except InvalidInput:
        # Before an @ stands a user, maybe with a password, which must not be repeated as what it is taken for.
        if "@" in pasted:
            raise _invalid(
                "The address holds a user name or a password.", "Leave out everything up to the @."
            ) from None
        raise
    if scheme == "http" and not address.is_loopback:
        raise _invalid(
            f"http://{address.display} would send passwords and keys unprotected.",
            f"Use {origin('https', address.host, 443)}.",
        )
    return address


def _address(pasted: str, scheme: Scheme, authority: str) -> Address:
    if len(pasted) > _LONGEST:
        raise _invalid(f"The address has {len(pasted)} characters, which is too long.")
    if any(unicodedata.category(character)[0] == "C" for character in pasted):
        raise _invalid(f"The address {quoted(pasted)} holds characters that cannot be seen.")
    host_text, port_text = _host_and_port(authority)
    return Address(scheme, _host(host_text, pasted), _port(port_text, scheme))


def _split(pasted: str) -> tuple[Scheme, str]:
    """The scheme, and the authority between it and the path."""
    pasted = pasted.replace("\\", "/")
    match = _SCHEME.match(pasted)
    scheme: Scheme = "https"
    if match:
        if match[2]:
            raise _invalid(f"A Control Room's address does not begin with {match[2]}://.")
        scheme = "http" if match[1].lower() == "http" else "https"
        pasted = pasted[match.end() :]
    return scheme, re.split("[/?#]", pasted.lstrip("/"), maxsplit=1)[0]


def _host_and_port(authority: str) -> tuple[str, str]:
    if authority.startswith("["):
        host, closed, rest = authority[1:].partition("]")
        if not closed or (rest and not rest.startswith(":")):
            raise _invalid(f"The address {quoted(authority)} has a [ without its ].")
        return host, rest[1:]
    if authority.count(":") > 1:
        return authority, ""
    host, _, port = authority.partition(":")
    return host, port


def _port(text: str, scheme: Scheme) -> int:
    if not text:
        return DEFAULT_PORTS[scheme]
    if not re.fullmatch("[0-9]{1,5}", text) or not 1 <= int(text) <= _HIGHEST_PORT:
        raise _invalid(f"{quoted(text)} is not a port.", f"Ports are the numbers from 1 to {_HIGHEST_PORT}.")
    return int(text)


def _host(text: str, pasted: str) -> str:
    """The host in ASCII; an IP address in its canonical form."""
    with suppress(ValueError):
        if "%" not in text:
            return str(ipaddress.ip_address(text))
    name = text.removesuffix(".")
    if not name:
        raise _invalid(f"The address {quoted(pasted)} does not name a host.")
    if not name.isascii() or "xn--" in name.lower():
        name = _international(name)
    name = name.lower()
    labels = name.split(".")
    if len(name) > _LONGEST_HOST or not all(_LABEL.fullmatch(label) for label in labels) or _is_number(labels[-1]):
        raise _invalid(f"{quoted(text)} is not a host name.")
    return name


def _is_number(label: str) -> bool:
    """Whether some resolver would read the name as an IP address, as ``0x7f.1`` for 127.0.0.1."""
    return label.isdigit() or re.fullmatch("0x[0-9a-f]*", label) is not None


def _international(name: str) -> str:
    """The ASCII form of an international name; refuses labels that mix scripts and so may imitate another name."""
    import idna  # its tables cost 25 ms, and few host names need them

    try:
        ascii_name = idna.encode(name, uts46=True).decode("ascii")
        labels = [idna.ulabel(label) for label in ascii_name.split(".")]
    except (idna.IDNAError, UnicodeError):
        raise _invalid(f"{quoted(name)} is not a host name.") from None
    for label in labels:
        scripts = {_script(character) for character in label if character.isalpha()}
        if len(scripts) > 1 and not any(scripts <= together for together in _SCRIPTS_TOGETHER):
            raise _invalid(
                f"The host name {quoted(ascii_name)} mixes letters of {' and '.join(sorted(scripts)).lower()}.",
                "It may imitate another name; type the address instead of pasting it.",
            )
    return ascii_name


def _script(letter: str) -> str:
    """The script of a letter, by the first word of its Unicode name: ``LATIN``, ``CYRILLIC``, ``CJK``."""
    return unicodedata.name(letter, "UNKNOWN").split(" ", 1)[0].split("-", 1)[0]


def _invalid(message: str, hint: str = _EXAMPLE) -> InvalidInput:
    return InvalidInput(message, hint, field="address")

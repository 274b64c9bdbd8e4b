"""The steps on the network: proxy, name, connection, TLS."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from a360tui.api.errors import NotReachable, TLSFailed
from a360tui.api.probe import Certificate, certificate_shown, connect, resolve, shake_hands
from a360tui.api.proxy import Proxy, proxy_for
from a360tui.workflow.dates import date_stamp
from a360tui.workflow.doctor.finding import Outcome, Seen

if TYPE_CHECKING:
    from a360tui.workflow.doctor.machine import Machine

_SOON = timedelta(days=30)
"""A certificate that expires within this time is worth a note."""
_ON_THIS_MACHINE = Seen("Not needed: it is the embedded Control Room, on a Unix socket.")


class Network:
    """The steps between this machine and the Control Room."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._proxy: Proxy | None = None
        self._addresses: tuple[str, ...] = ()

    @property
    def _nearby(self) -> bool:
        return self._machine.destination.socket is not None

    @property
    def _next(self) -> tuple[str, int, str]:
        """Host, port and name for people of the first hop: the proxy or the Control Room."""
        if self._proxy is not None:
            return self._proxy.host, self._proxy.port, self._proxy.display
        address = self._machine.destination.address
        return address.host, address.port, address.display

    async def proxy(self) -> Seen:
        """Report the proxy that the environment sets for this address."""
        self._proxy = None if self._nearby else proxy_for(self._machine.destination.address)
        if self._proxy is None:
            return Seen("None: connections are direct.")
        self._machine.note_identifying(self._proxy.host, "PROXY")
        return Seen("Connections go through the proxy of the environment.", (("proxy", self._proxy.display),))

    async def name(self) -> Seen:
        """Resolve the name of the Control Room, or of the proxy where there is one."""
        if self._nearby:
            return _ON_THIS_MACHINE
        host, port, _ = self._next
        self._addresses = await resolve(host, port)
        for address in self._addresses:
            self._machine.note_identifying(address, "ADDRESS")
        count = len(self._addresses)
        of = "of the proxy " if self._proxy is not None else ""
        return Seen(
            f"{count} address{'es' if count != 1 else ''} {of}found.", (("addresses", ", ".join(self._addresses)),)
        )

    async def connection(self) -> Seen:
        """Connect to one address after the other, until one accepts."""
        if self._nearby:
            return _ON_THIS_MACHINE
        _, port, shown = self._next
        failures: list[tuple[str, str]] = []
        problem = NotReachable(f"No address of {shown} is known.")
        for address in self._addresses:
            try:
                await connect(address, port, shown)
            except NotReachable as error:
                failures.append((address, error.message))
                problem = error
            else:
                family = "IPv6" if ":" in address else "IPv4"
                if not failures:
                    return Seen(f"{family}, port {port}.")
                return Seen(
                    f"{family}, port {port}, after {len(failures)} that did not.",
                    tuple(failures),
                    "Each new connection may wait for those first.",
                    Outcome.NOTE,
                )
        raise problem

    async def tls(self) -> Seen:
        """Report what was negotiated, the certificate's issuer, and when it expires."""
        destination = self._machine.destination
        address = destination.address
        if address.scheme != "https":
            return Seen("Not used: nothing leaves this machine.")
        proxy = self._proxy
        if proxy is not None and not proxy.is_plain:
            return Seen("Not looked into: the proxy is none of the plain kind; the next step goes through it.")
        try:
            agreed = await shake_hands(address, proxy, destination.ca_file)
        except TLSFailed as error:
            shown = await certificate_shown(address, proxy)
            if shown is None:
                raise
            return Seen(error.message, _facts(shown), error.hint, Outcome.FAILED, error.exit_code)
        left = agreed.certificate.not_after - datetime.now(UTC)
        words = f"{agreed.protocol}, valid for {left.days} more days."
        if left < _SOON:
            todo = "Its administrator must renew the certificate."
            return Seen(words, _facts(agreed.certificate), todo, Outcome.NOTE)
        return Seen(words, _facts(agreed.certificate))


def _facts(certificate: Certificate) -> tuple[tuple[str, str], ...]:
    return (
        ("signed by", certificate.issuer),
        ("made for", certificate.subject),
        ("valid from", date_stamp(certificate.not_before)),
        ("valid until", date_stamp(certificate.not_after)),
    )

"""`DemoServer`: configure and start the embedded Control Room."""

import socket
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from a360tui.demo.account import Account
from a360tui.demo.auth_type import AuthType
from a360tui.demo.company import COLLEAGUES, LEAST_USERS, SIGN_IN_USERS, UserSeed
from a360tui.demo.credentials import new_password, password_record
from a360tui.demo.database import create_schema, is_empty, open_database, transaction
from a360tui.demo.directory import roles_of_user
from a360tui.demo.errors import DataFileRefused
from a360tui.demo.founding import found, grow, restore
from a360tui.demo.installation import Clock, Installation, wall_clock
from a360tui.demo.key_users import let_generate
from a360tui.demo.private_folder import private_folder
from a360tui.demo.release import Release
from a360tui.demo.unpublished import Unpublished

if TYPE_CHECKING:
    from starlette.types import ASGIApp

SOCKET_HOST = "control-room.demo"
"""The host name that a client of the Unix socket uses."""
DOMAIN = "NORDWIND"
"""The domain of a directory's users."""
SEED = 360


@dataclass(frozen=True, slots=True)
class Running:
    """A running server."""

    url: str
    """``http://127.0.0.1:PORT``, ``https://…`` with TLS, or ``http://control-room.demo`` on a Unix socket."""
    accounts: tuple[Account, ...]
    """The sign-in names, the administrator first."""
    socket: Path | None = None
    """The Unix socket; ``None`` where it listens on 127.0.0.1."""
    ca_file: Path | None = None
    """The certificate authority to trust; ``None`` without TLS."""

    def account(self, username: str) -> Account:
        """The account of ``admin``, ``creator`` or ``runner``, with or without the domain."""
        names = {username, f"{DOMAIN}\\{username}"}
        return next(account for account in self.accounts if account.username in names)


@dataclass(frozen=True, slots=True)
class _Service:
    """What to serve on a port."""

    running: Running
    parts: tuple["ASGIApp", socket.socket, Path | None]
    """The application, the listening socket, the certificate."""


class DemoServer:
    """An embedded Control Room. Each start opens the data anew and makes new passwords for the sign-in names.

    Args:
        users: how many users there are in all; ``None`` for the company as it is.
        release: whose calls are served.
        auth_type: how users sign in; a directory's users are given a domain.
        data: a file that keeps the data; ``None`` for memory.
        clock: gives the time; tests and pictures set it.
        passwords: for sign-in names, instead of random ones.
        demo_seed: the same seed makes the same people.
        key_users: how many may generate a key from the start, most of whom have one; ``None`` for nobody. There are
            always as many users as that takes.
        unpublished: the shape of the calls that are not public; with the other one a web page makes them, on a port.

    Raises ValueError for fewer users than there are sign-in names.
    """

    def __init__(
        self,
        users: int | None = None,
        release: Release | str = Release.V40,
        data: Path | None = None,
        *,
        auth_type: AuthType | str = AuthType.DATABASE,
        clock: Clock = wall_clock,
        passwords: Mapping[str, str] | None = None,
        demo_seed: int = SEED,
        key_users: int | None = None,
        unpublished: Unpublished | str = Unpublished.ASSUMED,
    ) -> None:
        if users is not None and users < LEAST_USERS:
            raise ValueError(f"There are at least {LEAST_USERS} users.")
        if key_users is not None:
            users = max(users or len(SIGN_IN_USERS) + len(COLLEAGUES), key_users + 1)  # all but the administrator
        self._users = users
        self._key_users = key_users
        self._release = Release(release)
        self._auth_type = AuthType(auth_type)
        self._data = data
        self._clock = clock
        self._passwords = dict(passwords or {})
        self._seed = demo_seed
        self._unpublished = Unpublished(unpublished)

    @contextmanager
    def on_unix_socket(self) -> Iterator[Running]:
        """Serve in a thread, on a Unix socket that only this user can reach, to the end of the ``with``.

        Raises `DataFileRefused` where the data file is not ours, or cannot be used.
        """
        from a360tui.demo import application, listening

        with self._opened() as (installation, accounts), private_folder() as folder:
            path = folder / "socket"
            app = application.build_application(installation, frozenset({SOCKET_HOST}))
            with listening.unix_listener(path) as listener, listening.served_in_thread(app, listener):
                yield Running(f"http://{SOCKET_HOST}", accounts, socket=path)

    @contextmanager
    def on_loopback(self, port: int = 0, tls: bool = False) -> Iterator[Running]:
        """Serve in a thread, on 127.0.0.1, to the end of the ``with``; a port of 0 is any that is free.

        Raises `DataFileRefused` where the data file is not ours, or cannot be used, and `PortInUse` where another
        program listens on the port.
        """
        from a360tui.demo.listening import served_in_thread

        with self._on_port(port, tls) as service, served_in_thread(*service.parts):
            yield service.running

    def serve(self, port: int = 0, tls: bool = False, *, on_listening: Callable[[Running], None]) -> None:
        """Serve on 127.0.0.1 until SIGINT, SIGTERM or SIGHUP; for the main thread.

        ``on_listening`` is called once it listens. Raises `DataFileRefused` where the data file is not ours, or cannot
        be used, and `PortInUse` where another program listens on the port.
        """
        from a360tui.demo.listening import serve_until_signal

        with self._on_port(port, tls) as service:
            serve_until_signal(*service.parts, lambda: on_listening(service.running))

    @contextmanager
    def _on_port(self, port: int, tls: bool) -> Iterator[_Service]:
        from a360tui.demo import application, listening

        with ExitStack() as stack:
            installation, accounts = stack.enter_context(self._opened())
            listener = stack.enter_context(listening.loopback_listener(port))
            port = listener.getsockname()[1]
            certificate = authority = None
            if tls:
                folder = stack.enter_context(private_folder())
                authority, certificate = listening.make_certificate(folder)
            scheme, usual = ("https", 443) if tls else ("http", 80)
            names = ("127.0.0.1", "localhost")
            hosts = {f"{name}:{port}" for name in names} | (set(names) if port == usual else set())
            app = application.build_application(installation, frozenset(hosts), scheme)
            running = Running(f"{scheme}://127.0.0.1:{port}", accounts, ca_file=authority)
            yield _Service(running, (app, listener, certificate))

    @contextmanager
    def _opened(self) -> Iterator[tuple[Installation, tuple[Account, ...]]]:
        """The data, filled, and the accounts with their credentials for this run."""
        with closing(open_database(self._data)) as database:
            installation = Installation(database, self._clock, self._release, self._auth_type, self._unpublished)
            try:
                with transaction(database):
                    if is_empty(database):
                        create_schema(database)
                        found(installation, self._users, self._seed)
                    elif self._users is not None:
                        grow(installation, self._users, self._seed)
                    if self._key_users is not None:
                        let_generate(installation, self._key_users, self._seed)
                    accounts = tuple(self._let_in(installation, seed) for seed in SIGN_IN_USERS)
                    if self._auth_type is AuthType.ACTIVE_DIRECTORY:
                        database.execute("UPDATE users SET domain = ? WHERE domain = ''", (DOMAIN,))
            except sqlite3.Error as error:
                raise DataFileRefused(f"{self._data} cannot be used: {error}.") from error
            yield installation, accounts

    def _let_in(self, installation: Installation, seed: UserSeed) -> Account:
        """Give a sign-in name its credentials for this run, and restore it where it was deleted or disabled."""
        database = installation.database
        by_key = self._auth_type is AuthType.SSO
        password = "" if by_key else self._passwords.get(seed.username) or new_password()
        find = "SELECT id, domain FROM users WHERE username_folded = ?"
        row = database.execute(find, (seed.username,)).fetchone()
        if row is None:
            restore(database, seed, installation.now())
            row = database.execute(find, (seed.username,)).fetchone()
        database.execute(
            "UPDATE users SET password = ?, failures = 0, disabled = 0 WHERE id = ?",
            (password_record(password) if password else b"", row["id"]),
        )
        roles = tuple(role["name"] for role in roles_of_user(database, row["id"]))
        in_directory = self._auth_type is AuthType.ACTIVE_DIRECTORY
        username = f"{row['domain'] or DOMAIN}\\{seed.username}" if in_directory else seed.username
        return Account(username, password, roles, self._new_key(installation, row["id"]) if by_key else None)

    @staticmethod
    def _new_key(installation: Installation, user_id: int) -> str:
        from a360tui.demo.keys import give_key

        return give_key(installation, user_id).text

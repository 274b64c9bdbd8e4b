"""The database: its schema, and how it is opened, in memory or in a file of ours."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from a360tui.demo.errors import DataFileRefused

APPLICATION_ID = 0x41333630
"""``A360`` in ASCII; marks our files in their header."""
SCHEMA_VERSION = 1
MAGIC = b"SQLite format 3\0"

# Nothing that can be filtered is NULL, so that `not` is two-valued. Times are microseconds since 1970, UTC; 0 is never.
# A *_folded column is the text beside it without case: SQLite itself folds ASCII only.
SCHEMA = """
CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value NOT NULL
) WITHOUT ROWID;

CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL,
    username_folded TEXT NOT NULL UNIQUE,
    first_name TEXT NOT NULL DEFAULT '',
    first_name_folded TEXT NOT NULL DEFAULT '',
    last_name TEXT NOT NULL DEFAULT '',
    last_name_folded TEXT NOT NULL DEFAULT '',
    email TEXT NOT NULL DEFAULT '',
    email_folded TEXT NOT NULL DEFAULT '',
    description TEXT NOT NULL DEFAULT '',
    description_folded TEXT NOT NULL DEFAULT '',
    domain TEXT NOT NULL DEFAULT '',
    license_features TEXT NOT NULL DEFAULT '[]',
    disabled INTEGER NOT NULL DEFAULT 0,
    enable_auto_login INTEGER NOT NULL DEFAULT 1,
    multiple_login_allowed INTEGER NOT NULL DEFAULT 0,
    device_credential_attested INTEGER NOT NULL DEFAULT 0,
    password BLOB NOT NULL DEFAULT x'',
    failures INTEGER NOT NULL DEFAULT 0,
    last_login INTEGER NOT NULL DEFAULT 0,
    created_on INTEGER NOT NULL,
    created_by INTEGER NOT NULL,
    updated_on INTEGER NOT NULL,
    updated_by INTEGER NOT NULL,
    version INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE permissions (
    id INTEGER PRIMARY KEY,
    action TEXT NOT NULL,
    resource_type TEXT NOT NULL,
    pair_folded TEXT NOT NULL UNIQUE
);

CREATE TABLE roles (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL DEFAULT '',
    description_folded TEXT NOT NULL DEFAULT '',
    system_role INTEGER NOT NULL DEFAULT 0,
    created_on INTEGER NOT NULL,
    created_by INTEGER NOT NULL,
    updated_on INTEGER NOT NULL,
    updated_by INTEGER NOT NULL,
    version INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE role_permissions (
    role_id INTEGER NOT NULL REFERENCES roles ON DELETE CASCADE,
    permission_id INTEGER NOT NULL REFERENCES permissions,
    PRIMARY KEY (role_id, permission_id)
) WITHOUT ROWID;

CREATE TABLE user_roles (
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    role_id INTEGER NOT NULL REFERENCES roles ON DELETE CASCADE,
    PRIMARY KEY (user_id, role_id)
) WITHOUT ROWID;
CREATE INDEX users_of_role ON user_roles (role_id);

CREATE TABLE api_keys (
    user_id INTEGER PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    salt BLOB NOT NULL,
    digest BLOB NOT NULL,
    created_on INTEGER NOT NULL,
    expires_on INTEGER NOT NULL
);

CREATE TABLE sessions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    token_id TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    expires_on INTEGER NOT NULL
);
CREATE INDEX sessions_of_user ON sessions (user_id);
"""


def open_database(path: Path | None) -> sqlite3.Connection:
    """A connection in autocommit mode; what it opens is ours, or empty.

    ``None`` opens it in memory. A file has mode 0600 and is locked by this process until the connection is closed. The
    connection may go to another thread, but only one at a time may use it. Raises `DataFileRefused` where the file is
    not ours, is in use, is damaged, or cannot be opened or created; it is left as it was.
    """
    if path is None:
        return _configured(sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False))
    try:
        _claim(path)
        with ExitStack() as undo:
            connection = undo.enter_context(
                closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=0))
            )
            _check(_configured(connection), path)
            path.chmod(0o600)
            undo.pop_all()
    except sqlite3.OperationalError as error:
        raise DataFileRefused(f"{path} is in use by another program, or cannot be read: {error}.") from error
    except sqlite3.DatabaseError as error:
        raise DataFileRefused(f"{path} is damaged: {error}.") from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise DataFileRefused(f"{path} cannot be opened or made: {reason}.") from error
    return connection


def is_empty(connection: sqlite3.Connection) -> bool:
    """Whether there is no schema yet, so that the company has to be created."""
    return bool(connection.execute("PRAGMA user_version").fetchone()[0] == 0)


def create_schema(connection: sqlite3.Connection) -> None:
    """Create the tables, in the transaction that also fills them, so that a file is complete or empty."""
    # Not executescript: it would commit first.
    for statement in SCHEMA.split(";\n"):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing: commit at the end, roll back on an error."""
    connection.execute("BEGIN")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk has rolled it back already
            connection.execute("ROLLBACK")
        raise


def folded(text: str) -> str:
    """The text in the form in which it is compared without case."""
    return text.casefold()


def _claim(path: Path) -> None:
    """Create the file with mode 0600; check the header of an existing one before SQLite touches it."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        if not path.is_file():
            raise DataFileRefused(f"{path} is not a file.") from None
        with path.open("rb") as file:
            header = file.read(100)
        if header and not (header.startswith(MAGIC) and header[68:72] == APPLICATION_ID.to_bytes(4, "big")):
            raise DataFileRefused(
                f"{path} is not a data file of the embedded Control Room; it was left as it is."
            ) from None


def _configured(connection: sqlite3.Connection) -> sqlite3.Connection:
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    # One process at a time: the lock is taken with the first transaction and held to the end.
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    return connection


def _check(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("BEGIN EXCLUSIVE")
    connection.execute("COMMIT")
    if is_empty(connection):
        # At once, and not with the schema: if the company is never founded, the file is still known for ours.
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        return
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version != SCHEMA_VERSION:
        raise DataFileRefused(f"{path} was made by another version of the embedded Control Room.")
    (health,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if health != "ok":
        raise DataFileRefused(f"{path} is damaged: {health}.")

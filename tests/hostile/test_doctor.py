"""What the doctor prints of certificates, and of the files in which a Control Room describes its calls."""

import datetime as dt
import json
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.hostile.payloads import LONGEST, PAYLOADS, Payload, found
from tests.hostile.prompt import Prompt

_CARRIED = tuple(each for each in PAYLOADS if "\ud800" not in each.text and each != LONGEST)


@pytest.fixture
def prompt(home: Path) -> Iterator[Prompt]:
    prompt = Prompt(home)
    yield prompt
    prompt.close()


@contextmanager
def _serving(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that gives each connection to ``serve``; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def run() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return  # it is over
                with connection, suppress(OSError):
                    serve(connection)

        Thread(target=run, daemon=True).start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)


def _certificate(text: str, folder: Path) -> ssl.SSLContext:
    """A context with a certificate of that name, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    kinds = (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
    name = x509.Name([x509.NameAttribute(kind, text[:64], _validate=False) for kind in kinds])
    now = dt.datetime.now(dt.UTC)
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now.replace(year=2999)
    )
    pem = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = folder / "certificate.pem"
    file.write_bytes(pem + key.private_bytes(*form))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def _shown(prompt: Prompt, url: str, payload: Payload) -> bool:
    """Whether it is to be read in a report that does no harm, as text and as JSON."""
    read = []
    for as_json in (False, True):
        said = prompt.run(("--control-room", url, "doctor", "--full"), as_json=as_json)
        assert (said.acts(), said.failed) == ([], False), payload.kind
        read.append(bool(found([payload], said.texts())))
    return all(read)


def test_certificates(prompt: Prompt, tmp_path: Path) -> None:
    """Whoever a certificate says that it is made for: it is shown letter by letter."""
    contexts: list[ssl.SSLContext] = []

    def shake_hands(connection: socket.socket) -> None:
        with contexts[-1].wrap_socket(connection, server_side=True) as safe:
            safe.recv(1)

    with _serving(shake_hands) as port:
        for payload in _CARRIED:
            contexts.append(_certificate(payload.text, tmp_path))
            assert _shown(prompt, f"https://127.0.0.1:{port}", payload), payload.kind


def test_descriptions(prompt: Prompt) -> None:
    """Whatever stands in a file that describes calls: it is shown letter by letter."""
    described: dict[str, bytes] = {"/v1/authentication/type": b'{"authType": "DATABASE"}'}

    def answer(connection: socket.socket) -> None:
        request = connection.recv(65536)
        if not request:
            return  # it only looked whether somebody listens
        path = request.split(b" ")[1].decode()
        body = described.get(path, b"")
        status = "200 OK" if body else "404 Not Found"
        kind = "text/html" if path == "/swagger/" else "application/json"
        head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode() + body)

    with _serving(answer) as port:
        described["/swagger/"] = b'<a href="api/x.json">x</a>'
        for payload in _CARRIED:
            paths = {f"/{payload.text}/apikey": {"post": dict[str, str]()}}
            described["/swagger/api/x.json"] = json.dumps({"basePath": "/v2", "paths": paths}).encode()
            assert _shown(prompt, f"http://127.0.0.1:{port}", payload), payload.kind

"""The one way out, against real servers on the loopback interface."""

import contextlib
import datetime as dt
import socket
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils import timezone

from cangke.foundation.notices import outbound


class Peer(BaseHTTPRequestHandler):
    """A server that says what it is told to."""

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        self.server.seen.append((self.path, dict(self.headers), self.rfile.read(length)))
        self.server.answer(self)

    do_GET = do_POST

    def log_message(self, *args):
        pass


@pytest.fixture
def peer(settings):
    settings.CANGKE_OUTBOUND_ALLOW = ["127.0.0.1/32"]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Peer)
    server.seen = []
    server.answer = lambda handler: say(handler, 200, b"ok")
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def say(handler, status, body, **headers):
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    with contextlib.suppress(OSError):
        handler.wfile.write(body)


def test_calls_and_reads_the_answer(peer):
    answer = outbound.call("POST", f"{peer.url}/a?b=c", headers={"X-Y": "z"}, body="仓".encode())
    assert (answer.status, answer.body, answer.ok) == (200, b"ok", True)
    [(path, headers, body)] = peer.seen
    assert path == "/a?b=c"
    assert headers["X-Y"] == "z"
    assert headers["Host"] == f"127.0.0.1:{peer.server_port}"
    assert body == "仓".encode()


def test_redirects_are_not_followed(peer):
    """Design security 53: redirects."""
    peer.answer = lambda handler: say(handler, 302, b"", Location=f"{peer.url}/inner")
    answer = outbound.call("GET", peer.url)
    assert answer.status == 302
    assert answer.headers["location"].endswith("/inner")
    assert len(peer.seen) == 1


def test_too_long_an_answer_is_cut(peer):
    peer.answer = lambda handler: say(handler, 200, b"x" * 3000)
    assert len(outbound.call("GET", peer.url, most_bytes=3000).body) == 3000
    with pytest.raises(outbound.CallFailed, match="too much"):
        outbound.call("GET", peer.url, most_bytes=2999)


def drip(handler):
    """One byte now and then, for ever."""
    with contextlib.suppress(OSError):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            handler.wfile.write(b"X")
            handler.wfile.flush()
            time.sleep(0.05)


def drip_body(handler):
    with contextlib.suppress(OSError):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
        while True:
            handler.wfile.write(b"X")
            handler.wfile.flush()
            time.sleep(0.05)


def drip_chunks(handler):
    with contextlib.suppress(OSError):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            handler.wfile.write(b"1\r\nX\r\n")
            handler.wfile.flush()
            time.sleep(0.05)


def silent(handler):
    time.sleep(3)


@pytest.mark.parametrize("answer", [drip, drip_body, drip_chunks, silent])
def test_time_is_bounded_whatever_the_other_side_does(peer, answer):
    peer.answer = answer
    started = time.monotonic()
    with pytest.raises(outbound.CallFailed, match="too long"):
        outbound.call("GET", peer.url, seconds=0.4)
    assert time.monotonic() - started < 2


def test_a_broken_answer_is_a_failure(peer):
    peer.answer = lambda handler: handler.wfile.write(b"nonsense\r\n\r\n")
    with pytest.raises(outbound.CallFailed):
        outbound.call("GET", peer.url)


def test_nobody_there_is_a_failure(settings):
    settings.CANGKE_OUTBOUND_ALLOW = ["127.0.0.1/32"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(outbound.CallFailed):
        outbound.call("GET", f"http://127.0.0.1:{port}/")


SPELLINGS = [
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1",
    "017700000001", "127.000.000.001", "localhost", "LOCALHOST", "localhost.", "0", "0.0.0.0",
    "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:7f00:1]",
    "[64:ff9b::7f00:1]", "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]", "[::127.0.0.1]", "[fe80::1]",
    "[fe80::1%25lo]", "127.0.0.1.", "127.1.1.1", "①②⑦.⓪.⓪.①", "127。0。0。1", "127．0．0．1",
    "ｌｏｃａｌｈｏｓｔ", "169.254.169.254", "10.0.0.1", "192.168.0.1", "172.31.255.255",
    "100.64.0.1", "[fd00::1]", "[2001:0:7f00:1::]", "224.0.0.1", "255.255.255.255",
]  # fmt: skip


@pytest.mark.parametrize("host", SPELLINGS)
def test_no_spelling_of_an_inner_address_is_reached(host, settings):
    """Design security 53: a canary listens on loopback; nothing gets to it."""
    settings.CANGKE_OUTBOUND_ALLOW = []
    with socket.socket() as canary:
        canary.bind(("127.0.0.1", 0))
        canary.listen()
        canary.settimeout(0.01)
        with pytest.raises(outbound.CallFailed):
            outbound.call("GET", f"http://{host}:{canary.getsockname()[1]}/", seconds=2)
        with pytest.raises(TimeoutError):
            canary.accept()


def test_the_address_that_was_checked_is_the_one_connected_to(peer, settings, monkeypatch):
    """Design security 53: a name that answers otherwise the second time gains nothing."""
    asked = []

    def rebinding(host, port, *args, **kwargs):
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "10.0.0.9"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    real = socket.create_connection
    connected = []
    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    monkeypatch.setattr(
        socket, "create_connection", lambda to, **kw: connected.append(to) or dial(to, real, kw)
    )
    answer = outbound.call("GET", f"http://rebind.example:{peer.server_port}/")
    assert answer.ok
    assert asked[0] == "rebind.example"
    assert connected == [("127.0.0.1", peer.server_port)]
    assert peer.seen[0][1]["Host"] == f"rebind.example:{peer.server_port}"


def dial(to, real, options):
    sock = socket.socket()
    sock.settimeout(options.get("timeout"))
    sock.connect(to)
    return sock


def test_a_name_with_one_inner_address_is_refused_whole(settings, monkeypatch):
    settings.CANGKE_OUTBOUND_ALLOW = []
    both = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 80)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", 80)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: both)
    with pytest.raises(outbound.CallRefused):
        outbound.call("GET", "http://mixed.example/")


@pytest.fixture
def secure_peer(peer, tmp_path):
    """The peer behind TLS, with a certificate for robot.example that nobody has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "robot.example")])
    day = dt.timedelta(days=1)
    now = timezone.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("robot.example")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "peer.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    peer.socket = context.wrap_socket(peer.socket, server_side=True)
    peer.certificate = str(file)
    return peer


def trusting(monkeypatch, peer):
    """Trust the peer's certificate, and resolve every name to it."""
    real = ssl.create_default_context
    monkeypatch.setattr(ssl, "create_default_context", lambda: real(cafile=peer.certificate))
    here = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", peer.server_port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: here)


def test_the_certificate_must_be_trusted(secure_peer):
    with pytest.raises(outbound.CallFailed, match=r"(?i)certificate"):
        outbound.call("GET", f"https://127.0.0.1:{secure_peer.server_port}/")
    assert secure_peer.seen == []


def test_the_certificate_must_be_for_the_name_that_was_asked_for(secure_peer, monkeypatch):
    def dial_here(to, timeout):
        sock = socket.socket()
        sock.settimeout(timeout)
        sock.connect(to)
        return sock

    monkeypatch.setattr(socket, "create_connection", dial_here)
    trusting(monkeypatch, secure_peer)
    port = secure_peer.server_port
    assert outbound.call("GET", f"https://robot.example:{port}/").ok
    with pytest.raises(outbound.CallFailed, match=r"(?i)certificate"):
        outbound.call("GET", f"https://other.example:{port}/")

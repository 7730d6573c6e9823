"""
The one way out: every HTTP call to an address that people typed goes through `call`.

The name is resolved once, the address is checked, and the connection is made to that very address;
redirects are not followed, and time and size are bounded whatever the other side does.
"""

from __future__ import annotations

import http.client
import ipaddress
import logging
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as ResolveTimeout
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from . import rules

log = logging.getLogger(__name__)
SECONDS = 10.0
MOST_BYTES = 1024 * 1024
_resolvers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="resolve")


class CallFailed(Exception):
    """The call could not be made or finished; trying again later may help."""


class CallRefused(CallFailed):
    """The address may not be called at all."""


@dataclass(frozen=True)
class Answer:
    """What came back: a status, headers in lower case, and at most 1 MB."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


def call(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    seconds: float = SECONDS,
    most_bytes: int = MOST_BYTES,
) -> Answer:
    """
    Call an address of the public internet; never inside a database transaction.

    :raises CallRefused: if the address is malformed or leads to a network that may not be called
    :raises CallFailed: if it cannot be reached, takes too long or says too much
    """
    ends_at = time.monotonic() + seconds
    try:
        parts = rules.read_url(url)
    except rules.BadAddress as error:
        raise CallRefused(f"bad address: {error}") from error
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    host = (parts.hostname or "").encode("idna").decode()
    address = _checked_address(host, port, ends_at)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    given = {"User-Agent": "Cangke", "Accept-Encoding": "identity", "Connection": "close"}
    connection = _Pinned(host, port, address=address, secure=secure, ends_at=ends_at)
    watchdog = threading.Timer(max(ends_at - time.monotonic(), 0.01), connection.cut)
    watchdog.daemon = True
    watchdog.start()
    try:
        connection.request(method, target, body=body or None, headers={**given, **(headers or {})})
        response = connection.getresponse()
        content = response.read(most_bytes + 1)
        if connection.was_cut:
            raise CallFailed("took too long")
        if len(content) > most_bytes:
            raise CallFailed("said too much")
        kept = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, kept, content)
    except (OSError, http.client.HTTPException, ValueError) as error:
        late = connection.was_cut or isinstance(error, TimeoutError)
        reason = "took too long" if late else f"{type(error).__name__}: {error}"
        raise CallFailed(reason[:300]) from error
    finally:
        watchdog.cancel()
        connection.hang_up()


def _allowed() -> list[rules.Network]:
    """Networks the installation allows beside the public internet (a robot in the own house)."""
    return [ipaddress.ip_network(each, strict=False) for each in settings.CANGKE_OUTBOUND_ALLOW]


def _checked_address(host: str, port: int, ends_at: float) -> str:
    """Resolve once; refuse if any of the addresses is one that may not be called."""
    waiting = _resolvers.submit(socket.getaddrinfo, host.strip("[]"), port, 0, socket.SOCK_STREAM)
    try:
        found = waiting.result(timeout=max(ends_at - time.monotonic(), 0.01))
    except ResolveTimeout as error:
        raise CallFailed("the name could not be resolved in time") from error
    except (OSError, UnicodeError) as error:
        raise CallFailed("the name could not be resolved") from error
    addresses = [str(each[4][0]) for each in found]
    allowed = _allowed()
    if not addresses or not all(
        rules.is_callable_address(each, port, allowed=allowed) for each in addresses
    ):
        log.warning("outbound call refused: %s port %s", host, port)
        raise CallRefused("the address leads to a network that may not be called")
    return addresses[0]


class _Pinned(http.client.HTTPConnection):
    """A connection to the address that was checked, under the name that was asked for."""

    def __init__(self, host: str, port: int, *, address: str, secure: bool, ends_at: float) -> None:
        super().__init__(host, port)
        self.address = address
        self.secure = secure
        self.ends_at = ends_at
        self.was_cut = False
        self.default_port = 443 if secure else 80
        self.line: socket.socket | None = None

    def connect(self) -> None:
        left = max(self.ends_at - time.monotonic(), 0.01)
        self.sock: Any = socket.create_connection((self.address, self.port), timeout=left)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # A second handle on the same line: the first belongs to the answer once it is being read.
        self.line = self.sock.dup()
        if self.secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)

    def cut(self) -> None:
        """Called by the watchdog: whatever is being waited for ends now."""
        self.was_cut = True
        if self.line is not None:
            try:
                self.line.shutdown(socket.SHUT_RDWR)
            except OSError:
                log.debug("the connection was closed already")

    def hang_up(self) -> None:
        """Let go of the line."""
        self.close()
        if self.line is not None:
            self.line.close()

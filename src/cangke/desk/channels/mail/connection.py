"""The way to a mail server: short patience, checked certificates, one reason when it fails."""

from __future__ import annotations

import contextlib
import datetime as dt
import imaplib
import ipaddress
import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import imap_tools
from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend

from cangke.foundation.notices.public import is_callable_address

from ...models import Mailbox

TIMEOUT_SECONDS = 30  # for each answer of the server
DEADLINE_SECONDS = 240  # for a whole visit: a server that drips a byte a second ends here
MOST_BYTES = 35 * 1024 * 1024

_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class Unreachable(Exception):
    """The server cannot be used now; ``code`` is one of `mailbox_error_choices`."""

    def __init__(self, code: str, detail: object = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = " ".join(str(detail).split())[:300]


def reason_of(error: BaseException) -> Unreachable:
    """Return why a connection failed, as far as it can be told."""
    if isinstance(error, Unreachable):
        return error
    if isinstance(error, NotCallable):
        return Unreachable("network", error)
    if isinstance(error, ssl.SSLCertVerificationError):
        return Unreachable("certificate", error.verify_message)
    if isinstance(error, socket.gaierror):
        return Unreachable("name", error)
    if isinstance(error, ConnectionRefusedError | ssl.SSLError):
        return Unreachable("refused", error)
    if isinstance(error, TimeoutError):
        return Unreachable("timeout", error)
    if isinstance(error, imap_tools.MailboxLoginError | smtplib.SMTPAuthenticationError):
        return Unreachable("login", error)
    if isinstance(error, imap_tools.MailboxFolderSelectError):
        return Unreachable("folder", error)
    return Unreachable("other", f"{type(error).__name__}: {error}")


class NotCallable(OSError):
    """The name leads to a network that the installation has not opened."""


def callable_address(host: str, port: int) -> str:
    """
    Return the address to connect to, resolved once, so that no name changes its mind later.

    :raises NotCallable: inside networks, unless the installation allows them
    """
    found = [each[4][0] for each in socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)]
    allowed = [ipaddress.ip_network(each, strict=False) for each in settings.CANGKE_OUTBOUND_ALLOW]
    # Mail has ports of its own; the address is judged as if it were asked for a page.
    if not found or not all(is_callable_address(str(each), 443, allowed=allowed) for each in found):
        raise NotCallable(f"{host} is not on the public internet")
    return str(found[0])


@dataclass(frozen=True)
class Envelope:
    """What the server says of a mail before it is fetched."""

    uid: int
    size: int
    received_at: dt.datetime | None


class Inbox:
    """A folder that is open; only what is asked for is fetched, and nothing is marked by it."""

    def __init__(self, box: Any) -> None:
        self._box = box
        status = box.folder.status(box.folder.get())
        self.uidvalidity = int(status.get("UIDVALIDITY", 0))

    def uids(self, *, after: int, since: dt.date) -> list[int]:
        """Return the uids above ``after``; of a folder not read before, those since a date."""
        if after:
            query: Any = imap_tools.AND(uid=imap_tools.U(str(after + 1), "*"))
        else:
            query = imap_tools.AND(date_gte=since)
        # A range that ends with * holds the newest mail even if it is an old one.
        return sorted(uid for uid in map(int, self._box.uids(query)) if uid > after)

    def envelope(self, uid: int) -> Envelope:
        lines = self._fetch(uid, "(UID RFC822.SIZE INTERNALDATE)")
        told = b" ".join(line for line in lines if b"RFC822.SIZE" in line)
        size = _SIZE.search(told)
        received = imaplib.Internaldate2tuple(told)
        at = None
        if received is not None:
            at = dt.datetime.fromtimestamp(time.mktime(received), dt.UTC)
        return Envelope(uid, int(size[1]) if size else 0, at)

    def fetch(self, uid: int) -> bytes:
        """Return the whole mail, byte by byte as the server has it."""
        return self._literal(uid, "(UID BODY.PEEK[])")

    def fetch_head(self, uid: int) -> bytes:
        return self._literal(uid, "(UID BODY.PEEK[HEADER])")

    def mark_seen(self, uid: int) -> None:
        """Show people who look into the folder that the mail has been taken in."""
        self._box.client.uid("STORE", str(uid), "+FLAGS", "(\\Seen)")

    def _fetch(self, uid: int, what: str) -> list[bytes]:
        state, data = self._box.client.uid("FETCH", str(uid), what)
        if state != "OK":
            raise Unreachable("other", f"FETCH {uid}: {state}")
        return [part if isinstance(part, bytes) else part[0] for part in data if part]

    def _literal(self, uid: int, what: str) -> bytes:
        state, data = self._box.client.uid("FETCH", str(uid), what)
        wanted = b"UID %d" % uid
        for number, part in enumerate(data):
            if isinstance(part, tuple):
                after = data[number + 1] if number + 1 < len(data) else b""
                said = part[0] + (after if isinstance(after, bytes) else b"")
                if wanted in said:
                    return bytes(part[1])
        raise Unreachable("other", f"FETCH {uid}: {state}")


class _Watch:
    """Cuts the line when the time is up, whatever the server is about to send."""

    def __init__(self, seconds: float) -> None:
        self.sockets: list[socket.socket] = []
        self.over = False
        self.timer = threading.Timer(seconds, self.cut)
        self.timer.daemon = True
        self.timer.start()

    def cut(self) -> None:
        self.over = True
        for each in self.sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def connect(
        self, host: str, port: int, *, timeout: float, context: ssl.SSLContext | None
    ) -> socket.socket:
        """Return a connected socket that is cut when the time is up."""
        line = socket.create_connection((callable_address(host, port), port), timeout)
        if context is not None:
            line = context.wrap_socket(line, server_hostname=host, do_handshake_on_connect=False)
        self.sockets.append(line)
        if isinstance(line, ssl.SSLSocket):
            line.do_handshake()
        return line


def _imap_client(mailbox: Mailbox, watch: _Watch) -> imaplib.IMAP4:
    """Connect as the settings say; nothing is sent in clear where encryption is wanted."""
    secure = mailbox.imap_security != "none"
    context = ssl.create_default_context() if secure else None
    at_once = context if mailbox.imap_security == "ssl" else None

    class Client(imaplib.IMAP4):
        def _create_socket(self, timeout: float | None) -> socket.socket:
            return watch.connect(self.host, self.port, timeout=TIMEOUT_SECONDS, context=at_once)

    client = Client(mailbox.imap_host, mailbox.imap_port, timeout=TIMEOUT_SECONDS)
    if mailbox.imap_security == "starttls":
        client.starttls(context)
        watch.sockets.append(client.sock)
    return client


class _Box(imap_tools.mailbox.BaseMailBox):
    """The folder tools of imap-tools over a line of our own."""

    def __init__(self, mailbox: Mailbox, watch: _Watch) -> None:
        self._mailbox = mailbox
        self._watch = watch
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        return _imap_client(self._mailbox, self._watch)


@contextlib.contextmanager
def open_inbox(mailbox: Mailbox, *, deadline_seconds: float = DEADLINE_SECONDS) -> Iterator[Inbox]:
    """
    Log in and open the folder.

    :raises Unreachable: with the reason, also when the line breaks on the way
    """
    if not mailbox.imap_password:
        raise Unreachable("secret")
    watch = _Watch(deadline_seconds)
    box: Any = None
    try:
        box = _Box(mailbox, watch)
        secret = mailbox.imap_password
        login = box.login if secret.isascii() else box.login_utf8
        login(mailbox.imap_user, secret, initial_folder=mailbox.imap_folder)
        yield Inbox(box)
    except (OSError, imap_tools.ImapToolsError, imaplib.IMAP4.error) as error:
        if watch.over:
            raise Unreachable("timeout", f"{deadline_seconds:.0f} s") from error
        raise reason_of(error) from error
    finally:
        if box is not None:
            with contextlib.suppress(OSError, imap_tools.ImapToolsError, imaplib.IMAP4.error):
                box.client.logout()
        watch.timer.cancel()


class _Outgoing(EmailBackend):
    """Django's SMTP backend over a line that is cut when the time is up."""

    watch: _Watch

    @property
    def connection_class(self) -> Any:
        watch, context = self.watch, self.ssl_context if self.use_ssl else None

        class Client(smtplib.SMTP):
            def __init__(self, host: str, port: int, **options: Any) -> None:
                options.pop("context", None)
                super().__init__(host, port, **options)

            def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
                return watch.connect(host, port, timeout=timeout, context=context)

            def starttls(self, *arguments: Any, **options: Any) -> Any:
                answer = super().starttls(*arguments, **options)
                if self.sock is not None:
                    watch.sockets.append(self.sock)
                return answer

        return Client


@contextlib.contextmanager
def open_outgoing(
    mailbox: Mailbox, *, deadline_seconds: float = DEADLINE_SECONDS
) -> Iterator[EmailBackend]:
    """
    Log in to the SMTP server with the mailbox's own credentials; certificates are checked.

    :raises OSError: if there is no way to it (also `smtplib.SMTPException`)
    """
    backend = _Outgoing(
        host=mailbox.smtp_host,
        port=mailbox.smtp_port,
        username=mailbox.smtp_user or "",
        password=mailbox.smtp_password or "",
        use_ssl=mailbox.smtp_security == "ssl",
        use_tls=mailbox.smtp_security == "starttls",
        timeout=TIMEOUT_SECONDS,
        fail_silently=False,
    )
    backend.watch = _Watch(deadline_seconds)
    try:
        backend.open()
        yield backend
    finally:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            backend.close()
        backend.watch.timer.cancel()


def try_connection(mailbox: Mailbox) -> dict[str, Unreachable | None]:
    """Log in both ways and out again; return what failed: ``{"imap": None, "smtp": …}``."""
    found: dict[str, Unreachable | None] = {"imap": None, "smtp": None}
    try:
        with open_inbox(mailbox, deadline_seconds=TIMEOUT_SECONDS * 2):
            pass
    except Unreachable as error:
        found["imap"] = error
    try:
        with open_outgoing(mailbox, deadline_seconds=TIMEOUT_SECONDS * 2):
            pass
    except (OSError, smtplib.SMTPException) as error:
        found["smtp"] = reason_of(error)
    return found

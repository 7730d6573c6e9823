"""A real IMAP and a real SMTP server for tests, on ports of their own."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from typing import Any

import imap_tools
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

USER = "service@shop.example"
PASSWORD = "correct horse"
# The server as it is, but for a login that does not hash a million times.
QUICK_LOGIN = """
import pymap.config, pysasl.hashing
from pymap.main import main

quick = pysasl.hashing.BuiltinHash(rounds=1)
pymap.config.IMAPConfig._get_hash_context = classmethod(lambda cls, path: quick)
main()
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class ImapServer:
    """An IMAP server in a process of its own; its folder ends with it."""

    def __init__(self, port: int | None = None) -> None:
        self.port = port or free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> ImapServer:
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                QUICK_LOGIN,
                *("--host", "127.0.0.1", "--port", str(self.port), "--no-tls"),
                *("dict", "--demo-user", USER, "--demo-password", PASSWORD),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            time.sleep(0.05)
        raise RuntimeError("the IMAP server did not start")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def restart(self) -> None:
        """Come back with an empty folder under another UIDVALIDITY, as after a lost disk."""
        self.stop()
        self.start()

    @contextlib.contextmanager
    def folder(self) -> Iterator[Any]:
        box = imap_tools.MailBoxUnencrypted("127.0.0.1", self.port, timeout=10)
        with box.login(USER, PASSWORD) as opened:
            yield opened

    def put(self, *mails: bytes) -> None:
        """Put mails into the folder as a mail server would."""
        with self.folder() as box:
            for mail in mails:
                box.append(mail.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"), "INBOX")


@dataclass
class Taken:
    """A mail that somebody gave to the SMTP server."""

    sender: str
    recipients: list[str]
    raw: bytes

    @property
    def message(self) -> Message:
        return message_from_bytes(self.raw)

    @property
    def text(self) -> str:
        payload = self.message.get_payload(decode=True)
        return payload.decode("utf-8") if isinstance(payload, bytes) else ""


@dataclass
class SmtpServer:
    """
    An SMTP server with a login. Mail to ``local`` goes to a callback, all of it to `taken`.

    ``answer`` may turn mail away: it is given the recipient and returns an SMTP reply or nothing.
    """

    port: int = field(default_factory=free_port)
    taken: list[Taken] = field(default_factory=list)
    answer: Callable[[str], str | None] = lambda recipient: None
    deliver: Callable[[bytes], None] | None = None
    _controller: Any = None

    def start(self) -> SmtpServer:
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            authenticator=self._login,
            auth_require_tls=False,
            auth_required=False,
        )
        self._controller.start()
        return self

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def _login(
        self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any
    ) -> AuthResult:
        good = isinstance(data, LoginPassword) and (data.login, data.password) == (
            USER.encode(),
            PASSWORD.encode(),
        )
        return AuthResult(success=good, handled=good)

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        refused = self.answer(address)
        if refused:
            return refused
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        mail = Taken(envelope.mail_from, list(envelope.rcpt_tos), bytes(envelope.content))
        self.taken.append(mail)
        if self.deliver is not None and USER in mail.recipients:
            self.deliver(mail.raw)
        return "250 taken"


@contextlib.contextmanager
def mail_servers() -> Iterator[tuple[ImapServer, SmtpServer]]:
    """Start both; mail sent to `USER` by SMTP lies in the IMAP folder."""
    imap = ImapServer().start()
    smtp = SmtpServer(deliver=imap.put).start()
    try:
        yield imap, smtp
    finally:
        smtp.stop()
        imap.stop()

"""
Who a visitor of the web chat is: a random key of their browser, signed by us.

The browser holds the ticket; rows hold only a key made of it for one channel, so that what stands
in the database opens nothing. A form is good only together with a proof made of the same ticket.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired, Signer, TimestampSigner
from django.utils.crypto import constant_time_compare, salted_hmac

COOKIE = "__Host-ck-visitor" if settings.HTTPS else "ck-visitor"
COOKIE_SECONDS = 180 * 24 * 3600
FILE_SECONDS = 12 * 3600  # how long the address of an attachment works without the ticket
_TICKET = Signer(salt="cangke.visitor")
_FILE = TimestampSigner(salt="cangke.visitor.file")


@dataclass(frozen=True)
class Visitor:
    """A browser: ``ticket`` is its secret."""

    ticket: str

    def key(self, channel_key: str) -> str:
        """Return the key under which the channel's rows know the visitor (256 bits)."""
        return salted_hmac(
            "cangke.visitor.key", f"{self.ticket}|{channel_key}", algorithm="sha256"
        ).hexdigest()

    @property
    def proof(self) -> str:
        """Return what a form of ours carries, and no other site can know."""
        return salted_hmac("cangke.visitor.form", self.ticket, algorithm="sha256").hexdigest()

    def proves(self, proof: str) -> bool:
        return constant_time_compare(proof, self.proof)


def new_visitor() -> Visitor:
    """Return a visitor nobody has been (192 random bits)."""
    return Visitor(_TICKET.sign(secrets.token_urlsafe(24)))


def read_ticket(ticket: str) -> Visitor | None:
    """Return the visitor of a ticket we signed, None for anything else."""
    if not 32 < len(ticket) < 200:
        return None
    try:
        _TICKET.unsign(ticket)
    except BadSignature:
        return None
    return Visitor(ticket)


def short_name(visitor_key: str) -> str:
    """Return what the house calls an unnamed visitor: says nothing about the key."""
    return hashlib.sha256(visitor_key.encode("ascii")).hexdigest()[:16]


def sign_file(file_key: str, visitor_key: str) -> str:
    """Return what lets the visitor's page show a picture, for some hours."""
    return _FILE.sign(f"{file_key}:{short_name(visitor_key)}").rpartition(f"{file_key}:")[2]


def may_fetch(file_key: str, visitor_key: str, signed: str) -> bool:
    """Whether the signature lets this visitor have this file now."""
    if len(signed) > 200:
        return False
    try:
        value = _FILE.unsign(f"{file_key}:{signed}", max_age=FILE_SECONDS)
    except (BadSignature, SignatureExpired):
        return False
    return constant_time_compare(value, f"{file_key}:{short_name(visitor_key)}")

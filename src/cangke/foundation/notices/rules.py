"""Quiet hours, second tries, signatures and which addresses may be called, in plain Python."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import ipaddress
import re
from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo

# Minutes to wait after each failed try; after the last one the item is given up.
WAITS_MINUTES = (1, 5, 15, 60, 180, 360, 720, 1440)
SIGNATURE_LIFE_SECONDS = 300
PORTS = frozenset({80, 443, 8080, 8443})

_LOCAL_PATH = re.compile(r"/(?![/\\])[^\s\\\x00-\x1f\x7f]*")
_MAIL = re.compile(r"([^\s@<>'\"(),;:]+)@([\w.-]+)")
_HOST = re.compile(r"[a-z0-9._\-:\[\]%]+")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_UNICAST = ipaddress.IPv6Network("2000::/3")
# Ranges in which an IPv6 address stands for an IPv4 one, or for another network's way to it.
_TRANSLATED = tuple(
    ipaddress.IPv6Network(each)
    for each in (
        "::/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2001::/32",
        "2002::/16",
        "::ffff:0:0/96",
    )
)


class BadAddress(ValueError):
    """The URL is not one that may be called."""


def is_local_path(url: str) -> bool:
    """Whether a link stays on this installation: one slash, then anything but another."""
    return not url or _LOCAL_PATH.fullmatch(url) is not None


def one_line(text: str, most: int = 200) -> str:
    """Return the text on one line, without control characters, cut to ``most`` signs."""
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    return re.sub(r"\s+", " ", plain).strip()[:most]


def without_addresses(text: str) -> str:
    """Return the text with every address of mail masked (servers quote them in their refusals)."""
    return _MAIL.sub(lambda found: f"{found[1][:1]}***@{found[2]}", text)


def quiet_until(
    at: dt.datetime, *, zone: str, start: dt.time | None, end: dt.time | None
) -> dt.datetime | None:
    """
    Return when the person's quiet hours end that ``at`` falls in, in UTC; None if it falls in none.

    ``start`` and ``end`` are clock times of the zone; an end at or before the start is on the next
    day. The end itself is no longer quiet.
    """
    if start is None or end is None or start == end:
        return None
    place = ZoneInfo(zone)
    today = at.astimezone(place).date()
    for day in (today - dt.timedelta(days=1), today):
        last = day + dt.timedelta(days=1) if end <= start else day
        begun = dt.datetime.combine(day, start, place).astimezone(dt.UTC)
        over = dt.datetime.combine(last, end, place).astimezone(dt.UTC)
        if begun <= at < over:
            return over
    return None


def wait_after(attempts: int) -> dt.timedelta | None:
    """Return how long to wait after so many tries, or None when it is time to give up."""
    if attempts > len(WAITS_MINUTES):
        return None
    return dt.timedelta(minutes=WAITS_MINUTES[attempts - 1])


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """Return the signature of a body sent at a time: ``sha256=`` and HMAC-SHA-256 in hex."""
    signed = f"{timestamp}.".encode() + body
    return "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def is_signed(secret: str, *, timestamp: str, body: bytes, signature: str, at: dt.datetime) -> bool:
    """Whether a signature fits body and secret and is no older, or newer, than five minutes."""
    if not secret or not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        return False
    if abs(at.timestamp() - int(timestamp)) > SIGNATURE_LIFE_SECONDS:
        return False
    expected = sign(secret, int(timestamp), body)
    return hmac.compare_digest(expected.encode(), signature.encode())


def read_url(url: str) -> SplitResult:
    """
    Take an address apart that might be called.

    :raises BadAddress: for anything but http(s) to a plain host, without user, blanks or controls
    """
    if len(url) > 2000 or any(sign <= " " or sign == "\x7f" or sign == "\\" for sign in url):
        raise BadAddress("signs")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadAddress("port") from error
    if parts.scheme not in ("http", "https"):
        raise BadAddress("scheme")
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise BadAddress("user")
    if port == 0:
        raise BadAddress("port")
    try:
        host = (parts.hostname or "").encode("idna").decode()
    except UnicodeError as error:
        raise BadAddress("host") from error
    if not host or not _HOST.fullmatch(host):
        raise BadAddress("host")
    return parts


def is_callable_address(address: str, port: int, *, allowed: Iterable[Network] = ()) -> bool:
    """
    Whether a resolved address may be connected to.

    Only addresses of the public internet on the usual ports, and none that stands for another
    (mapped, translated or tunnelled); what the installation allows is allowed on every port.
    """
    try:
        known: Address = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if any(known.version == network.version and known in network for network in allowed):
        return True
    if isinstance(known, ipaddress.IPv6Address) and (
        known not in _UNICAST or any(known in each for each in _TRANSLATED)
    ):
        return False
    return (
        port in PORTS
        and known.is_global
        and not known.is_multicast
        and not known.is_reserved
        and not known.is_unspecified
    )

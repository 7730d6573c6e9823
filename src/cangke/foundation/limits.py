"""How much one visitor, token or address may ask of us; more is refused kindly, for a while."""

from __future__ import annotations

import hashlib
import ipaddress
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _

from .refusal import Refusal


@dataclass(frozen=True)
class Limit:
    """So many in so many seconds."""

    count: int
    seconds: int


# What is done, and whose count it is → limit; `limit` declares, ``CANGKE_LIMITS`` sets others.
LIMITS: dict[str, Limit] = {}


def limit(name: str, count: int, seconds: int) -> None:
    """Declare how often an act may be done: ``limit("chat.write.visitor", 20, 60)``."""
    LIMITS[name] = Limit(count, seconds)


class TooMany(Refusal):
    """The limit is reached; ``retry_after`` says for how many seconds."""

    status = 429

    def __init__(self, retry_after: int) -> None:
        super().__init__(
            _("操作有点快，请 %d 秒后再试；您写的内容还在。") % retry_after, field="body"
        )
        self.retry_after = retry_after


def limit_of(name: str) -> Limit:
    given = settings.CANGKE_LIMITS.get(name)
    return Limit(int(given[0]), int(given[1])) if given else LIMITS[name]


def spend(name: str, key: str) -> None:
    """
    Count one act of the visitor or address.

    :raises TooMany: above the limit
    """
    most = limit_of(name)
    place, left = _window(name, key, most)
    cache.add(place, 0, most.seconds + 5)
    try:
        count = cache.incr(place)
    except ValueError:  # it has just run out
        cache.set(place, 1, most.seconds + 5)
        count = 1
    if count > most.count:
        raise TooMany(left)


def check(name: str, key: str) -> None:
    """
    See whether one more act would still be within the limit, without counting it.

    :raises TooMany: if it would not
    """
    most = limit_of(name)
    place, left = _window(name, key, most)
    if int(cache.get(place, 0)) >= most.count:
        raise TooMany(left)


def _window(name: str, key: str, most: Limit) -> tuple[str, int]:
    """Return the place of the count that runs now, and the seconds until the next begins."""
    now = int(time.time())
    digest = hashlib.sha256(key.encode("utf-8")).hexdigest()[:32]
    return f"limit:{name}:{now // most.seconds}:{digest}", most.seconds - now % most.seconds


def address_of(request: HttpRequest) -> str:
    """Return whose address it is; of a version 6 address the part one household shares."""
    text = str(request.META.get("REMOTE_ADDR", ""))
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return text

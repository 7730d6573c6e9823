"""
Fetching and reading: WeCom says that there is news, and we fetch it page by page.

A page and the cursor behind it are kept in one transaction before anything is read, so a visit may
stop anywhere: what was kept is read later, what was not is fetched again and known by its number.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection, Mapping
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from cangke.customers.public import find_by_identity, find_or_create_by_identity
from cangke.foundation.audit.public import record
from cangke.foundation.files.public import ANYTHING, FileTooLarge, StoredFile, store
from cangke.foundation.live.public import signal

from ...actions.outside import tell_from_outside
from ...actions.receive import receive_message
from ...actions.resend import note_returned
from ...models import Conversation, Message, WecomAccount, WecomRow
from . import outgoing, wording
from .line import Line, LineFailed, LineRefused
from .spoken import FROM_CUSTOMER, FROM_STAFF, Spoken, cleaned, spoken

log = logging.getLogger(__name__)

# Longer than the longest call of a visit; held on to with each page and row, so that after a crash
# the account is silent for minutes, however long a visit may last.
LEASE = dt.timedelta(minutes=2)
PAGE = 500
MOST_PAGES = 40
TOKEN_LIFE = dt.timedelta(minutes=9)  # WeCom says ten
# Calls get lost while we are down: look by ourselves, seldom, as asking without a token must be.
UNASKED = dt.timedelta(minutes=15)
LONGEST_BACKOFF = dt.timedelta(minutes=15)
MOST_AT_ONCE = 1000
NAMES_AT_ONCE = 100
WAITS = tuple(dt.timedelta(seconds=s) for s in (5, 30, 120, 600))
IDENTITY = "wecom"


def note_call(corp_id: str, open_kfid: str, *, pull_token: str, at: dt.datetime) -> int | None:
    """
    Note that there is news for an account; return it, or None if none of ours is meant.

    One application of WeCom calls one address for all of its accounts.
    """
    rows = WecomAccount.objects.filter(corp_id=corp_id, channel__is_active=True)
    if open_kfid:
        rows = rows.filter(open_kfid=open_kfid)
    found = list(rows.values_list("pk", flat=True)[:50])
    WecomAccount.objects.filter(pk__in=found).update(
        calls=F("calls") + 1,
        called_at=at,
        next_pull_at=at,
        pull_token=pull_token[:200],
        pull_token_at=at,
    )
    return found[0] if found else None


def claim(account_id: int, *, at: dt.datetime) -> WecomAccount | None:
    """Take the account for one visit, or return None while somebody else visits."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=at)
    claimed = WecomAccount.objects.filter(free, pk=account_id, channel__is_active=True).update(
        lease_until=at + LEASE
    )
    if not claimed:
        return None
    return WecomAccount.objects.select_related("channel__site", "channel__shop").get(pk=account_id)


def hold_on(account: WecomAccount) -> None:
    """Keep the account for another call; what the clock says, not when the visit began."""
    WecomAccount.objects.filter(pk=account.pk).update(lease_until=timezone.now() + LEASE)


def visit(account_id: int, *, at: dt.datetime) -> int:
    """Fetch what is new, keep it, and read it; return how many rows were new."""
    account = claim(account_id, at=at)
    if account is None:
        return 0
    kept = 0
    try:
        line = Line(account, at=at)
        with override(account.channel.language):
            kept = _fetch(account, line, at=at)
            read_waiting(account, line, at=at)
    except (LineFailed, LineRefused) as error:
        _note_failure(account, str(error), at=at)
    else:
        _note_success(account, at=at)
    finally:
        WecomAccount.objects.filter(pk=account.pk).update(lease_until=None)
    return kept


def _fetch(account: WecomAccount, line: Line, *, at: dt.datetime) -> int:
    kept = 0
    for _page in range(MOST_PAGES):
        what: dict[str, Any] = {
            "cursor": account.cursor,
            "limit": PAGE,
            "voice_format": 0,
            "open_kfid": account.open_kfid,
        }
        if account.pull_token_at is not None and account.pull_token_at > at - TOKEN_LIFE:
            what["token"] = account.pull_token
        told = line.ask("kf/sync_msg", what)
        hold_on(account)
        rows = told.get("msg_list")
        kept += _keep(
            account,
            [cleaned(row) for row in rows if isinstance(row, dict)]
            if isinstance(rows, list)
            else [],
            cursor=str(told.get("next_cursor") or "")[:200],
            at=at,
        )
        if told.get("has_more") != 1:
            break
    return kept


@transaction.atomic
def _keep(
    account: WecomAccount, rows: Collection[Mapping[str, Any]], *, cursor: str, at: dt.datetime
) -> int:
    """Keep a page and where the next one begins, both or neither."""
    numbers = [str(row.get("msgid") or "")[:128] for row in rows]
    known = set(
        WecomRow.objects.filter(account=account, msgid__in=numbers).values_list("msgid", flat=True)
    )
    fresh: dict[str, WecomRow] = {}
    for number, row in zip(numbers, rows, strict=True):
        if number and number not in known and number not in fresh:
            fresh[number] = _row(account, number, row, at=at)
    WecomRow.objects.bulk_create(fresh.values())
    if cursor:
        WecomAccount.objects.filter(pk=account.pk).update(cursor=cursor)
        account.cursor = cursor
    return len(fresh)


def _row(
    account: WecomAccount, number: str, row: Mapping[str, Any], *, at: dt.datetime
) -> WecomRow:
    origin = row.get("origin")
    told = row.get("event")
    event: Mapping[str, Any] = told if isinstance(told, Mapping) else {}
    kind = str(row.get("msgtype") or "unknown")
    if kind == "event":
        kind = str(event.get("event_type") or "event")
    sent = row.get("send_time")
    before = isinstance(sent, int) and sent < account.since_at.timestamp()
    whose = row.get("external_userid") or event.get("external_userid") or ""
    return WecomRow(
        account=account,
        msgid=number,
        external_userid=str(whose)[:64],
        origin=origin if isinstance(origin, int) and 0 <= origin < 100 else 0,
        kind=kind[:40],
        payload=dict(row),
        received_at=at,
        state="before" if before else "received",
    )


def _note_success(account: WecomAccount, *, at: dt.datetime) -> None:
    came_back = account.state == "failing"
    WecomAccount.objects.filter(pk=account.pk).update(
        state="ok", last_error="", failures=0, pulled_at=at
    )
    # Called again meanwhile: go again at once, else look by ourselves in a while.
    waiting = WecomRow.objects.filter(account=account, state="received")
    tried = waiting.filter(next_try_at__isnull=False).order_by("next_try_at")
    again = tried.values_list("next_try_at", flat=True).first()
    if again is None and waiting.exists():
        again = at  # more than one visit reads
    soon = at + UNASKED if again is None else min(again, at + UNASKED)
    WecomAccount.objects.filter(pk=account.pk, calls=account.calls).update(next_pull_at=soon)
    if came_back:
        record("desk.wecom_reached", obj=account.channel, by=None, at=at)
        signal("board", "wecom", {"account": account.pk})


def _note_failure(account: WecomAccount, words: str, *, at: dt.datetime) -> None:
    failures = account.failures + 1
    wait = min(dt.timedelta(seconds=5) * 2 ** min(failures, 10), LONGEST_BACKOFF)
    WecomAccount.objects.filter(pk=account.pk).update(
        state="failing", last_error=words[:300], failures=failures, next_pull_at=at + wait
    )
    log.warning("wecom account %s: %s", account.pk, words)
    if account.state != "failing":
        record(
            "desk.wecom_lost", obj=account.channel, by=None, at=at, changes={"error": words[:300]}
        )
        signal("board", "wecom", {"account": account.pk})


# --- reading


def read_waiting(account: WecomAccount, line: Line, *, at: dt.datetime) -> None:
    """
    Read what is kept and not read yet, in its order.

    While a customer's file has still to be fetched, what the same customer said after it waits.
    """
    waiting = list(
        WecomRow.objects.filter(account=account, state="received").order_by("pk")[:MOST_AT_ONCE]
    )
    names = _names(waiting, account, line)
    held: set[str] = set()
    for row in waiting:
        if row.external_userid and row.external_userid in held:
            continue
        if row.next_try_at is not None and row.next_try_at > at:
            held.add(row.external_userid)
            continue
        hold_on(account)
        try:
            _read(row, account, line, name=names.get(row.external_userid, ""), at=at)
        except LineFailed as error:
            held.add(row.external_userid)
            _wait(row, str(error), at=at)
        except Exception as error:  # noqa: BLE001  # one row's fault must not stop the others
            log.exception("wecom row %s could not be read", row.pk)
            held.add(row.external_userid)
            _wait(row, f"{type(error).__name__}: {error}", at=at)


def _wait(row: WecomRow, words: str, *, at: dt.datetime) -> None:
    """Try a row again later; at last put it aside, where a person finds it."""
    over = row.tries >= len(WAITS)
    WecomRow.objects.filter(pk=row.pk).update(
        tries=row.tries + 1,
        error=words[:300],
        state="quarantined" if over else "received",
        next_try_at=None if over else at + WAITS[row.tries],
    )


def _names(rows: Collection[WecomRow], account: WecomAccount, line: Line) -> dict[str, str]:
    """The names of customers we do not know yet; without them they are known all the same."""
    unknown = {
        row.external_userid
        for row in rows
        if row.origin == FROM_CUSTOMER
        and row.external_userid
        and find_by_identity(
            kind=IDENTITY, value=row.external_userid, channel_ref=account.channel.code
        )
        is None
    }
    asked = sorted(unknown)
    found: dict[str, str] = {}
    for start in range(0, len(asked), NAMES_AT_ONCE):
        what = {"external_userid_list": asked[start : start + NAMES_AT_ONCE]}
        try:
            told = line.ask("kf/customer/batchget", what)
        except (LineFailed, LineRefused) as error:
            log.info("wecom account %s: no names: %s", account.pk, error)
            return found
        for each in told.get("customer_list") or []:
            if isinstance(each, Mapping):
                found[str(each.get("external_userid"))] = str(each.get("nickname") or "")[:100]
    return found


def _read(row: WecomRow, account: WecomAccount, line: Line, *, name: str, at: dt.datetime) -> None:
    if row.origin == FROM_CUSTOMER and row.external_userid:
        _receive(row, account, line, name=name, at=at)
        return
    if row.origin == FROM_STAFF and row.external_userid:
        _tell(row, "answered_outside", account, at=at, text=spoken(row.payload).words[:500])
    else:
        _take_event(row, account, at=at)
    WecomRow.objects.filter(pk=row.pk).update(state="event", error="")


def _receive(
    row: WecomRow, account: WecomAccount, line: Line, *, name: str, at: dt.datetime
) -> None:
    said = spoken(row.payload)
    files, lost = _fetched(said, line, at=at)
    channel = account.channel
    with transaction.atomic():
        customer = find_or_create_by_identity(
            kind=IDENTITY,
            value=row.external_userid,
            channel_ref=channel.code,
            display_name=name or _("微信客户"),
            shop_id=channel.shop_id,
            at=at,
        )
        told: dict[str, Any] = {"kind": said.kind, **({"lost": lost} if lost else {})}
        received = receive_message(
            channel=channel,
            customer=customer,
            body=said.words,
            external_id=row.msgid,
            files=files,
            data={
                "from": row.external_userid,
                "wecom": told,
                "sent_at": _moment(row.payload.get("send_time")),
            },
            at=at,
        )
        WecomRow.objects.filter(pk=row.pk).update(
            state="taken", error=lost, message=received.message, next_try_at=None
        )


def _fetched(said: Spoken, line: Line, *, at: dt.datetime) -> tuple[list[StoredFile], str]:
    """Fetch the file of a message; what can never be fetched is said so, and the words remain."""
    if not said.media_id:
        return [], ""
    try:
        media = line.download(said.media_id)
        upload = ContentFile(media.data, name=media.name or f"{said.kind}")
        kept = store(
            upload, purpose="desk.message", by=None, at=at, allowed_types=ANYTHING, name=media.name
        )
    except LineRefused as error:
        return [], str(error)[:200]
    except FileTooLarge as error:
        return [], str(error.message)[:200]
    return [kept], ""


def _moment(seconds: object) -> str | None:
    """The sender's clock, kept as a claim."""
    if not isinstance(seconds, int) or not 0 < seconds < 2**33:
        return None
    return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat()


def _take_event(row: WecomRow, account: WecomAccount, *, at: dt.datetime) -> None:
    """What WeCom itself tells; what says nothing to us is kept all the same."""
    event = row.payload.get("event")
    facts: Mapping[str, Any] = event if isinstance(event, Mapping) else {}
    if row.kind == "msg_send_fail":
        message_id = outgoing.message_of(str(facts.get("fail_msgid") or ""), account)
        fail_type = facts.get("fail_type")
        if message_id is not None:
            words = wording.failed_words(fail_type if isinstance(fail_type, int) else 0)
            outgoing.note_failed(message_id, words, at=at)
            note_returned(message_id=message_id, note=words, at=at)
    elif row.kind == "user_recall_msg":
        recalled = Message.objects.filter(
            channel=account.channel, external_id=str(facts.get("recall_msgid") or "")
        ).first()
        if recalled is not None:
            _tell(row, "recalled_outside", account, at=at, recalled=recalled.seq)


def _tell(
    row: WecomRow, event: str, account: WecomAccount, *, at: dt.datetime, **facts: Any
) -> None:
    """Add an event line to the customer's newest conversation, if there is one."""
    customer = find_by_identity(
        kind=IDENTITY, value=row.external_userid, channel_ref=account.channel.code
    )
    if customer is None:
        return
    rows = Conversation.objects.filter(channel=account.channel, customer=customer)
    newest = rows.filter(merged_into__isnull=True).order_by("-pk").first()
    if newest is not None:
        tell_from_outside(conversation_id=newest.pk, event=event, at=at, **facts)

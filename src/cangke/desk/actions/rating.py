"""Asking a customer about a conversation that has ended, and keeping what they say (G7.1)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.audit.public import record
from cangke.foundation.events.public import publish
from cangke.foundation.refusal import Conflict, Refusal
from cangke.rulebook.public import policy

from ..events import ConversationRated
from ..models import Message, Rating
from ..rules.closing import ClosingReason
from ..rules.rating import SCORES, RatingPolicy, asks_for_rating
from .thread import Thread

LONGEST_NOTE = 500


class RatingRefused(Refusal):
    """The score is none of the five, or the words are too many."""


class RatingOver(Conflict):
    """It was given before, has lapsed, or came too late."""


def ask_for_rating(thread: Thread, reason: ClosingReason, *, held_by: int | None) -> Rating | None:
    """Ask the customer of a conversation that is being closed, if the rulebook has it so."""
    conversation = thread.conversation
    rule = policy(RatingPolicy, on=thread.day)
    is_chat = conversation.channel.kind == "web_chat" and bool(conversation.visitor_key)
    asks = asks_for_rating(rule, reason, is_chat=is_chat, human_replies=conversation.human_replies)
    agent_id = (held_by or _last_to_reply(thread)) if asks else None
    if agent_id is None:
        return None
    thread.moments.append(thread.at)
    return Rating.objects.create(
        conversation=conversation,
        agent_id=agent_id,
        channel_id=conversation.channel_id,
        shop_id=conversation.shop_id,
        stage=conversation.stage,
        asked_at=thread.at,
        open_until=rule.open_until(thread.at),
    )


def _last_to_reply(thread: Thread) -> int | None:
    replies = Message.objects.filter(conversation=thread.conversation, counts_as_reply=True)
    return replies.order_by("-seq").values_list("agent_id", flat=True).first()


def withdraw_rating(thread: Thread) -> None:
    """Take back what was asked: the conversation goes on, and will end anew."""
    asked = Rating.objects.filter(
        conversation=thread.conversation, rated_at__isnull=True, withdrawn_at__isnull=True
    )
    for row in asked:
        row.withdrawn_at = thread.at
        row.save(update_fields=["withdrawn_at"])
        thread.moments.append(row.asked_at)


@transaction.atomic
def rate(*, rating_id: int, score: int | None, note: str, at: dt.datetime) -> Rating:
    """
    Keep what a customer says, once; the same again changes nothing. Who asks is for the caller.

    :raises RatingRefused: for a score other than 1 to 5, or more than 500 characters
    :raises RatingOver: if it was given before, has lapsed, or the time for it is over
    """
    note = note.replace("\x00", "").strip()
    if score not in SCORES:
        raise RatingRefused(_("请先选 1 至 5 分，再提交。"), field="score")
    if len(note) > LONGEST_NOTE:
        raise RatingRefused(_("留言最多 500 个字，请写短一些。"), field="note")
    conversation_id = Rating.objects.values_list("conversation_id", flat=True).get(pk=rating_id)
    thread = Thread.lock(conversation_id, at=at)
    rating = Rating.objects.get(pk=rating_id)
    if rating.rated_at is not None:
        if (rating.score, rating.note) == (score, note):
            return rating
        raise RatingOver(_("这次服务您已经评过了，谢谢。"))
    if rating.withdrawn_at is not None:
        raise RatingOver(_("对话已经接着谈了，结束后再请您评价。"))
    if at > rating.open_until:
        raise RatingOver(_("评价的时间已经过了，谢谢您。有事请直接写给我们。"))
    rule = policy(RatingPolicy, on=thread.day)
    rating.score, rating.note, rating.rated_at = score, note, at
    rating.satisfied = rule.is_satisfied(score)
    rating.save(update_fields=["score", "note", "rated_at", "satisfied"])
    thread.tell("rated", score=score, text=note)
    thread.moments.append(rating.asked_at)
    thread.save()
    record("desk.rated", obj=thread.conversation, by=None, at=at, changes={"score": [None, score]})
    publish(
        ConversationRated(
            rating_id=rating.pk,
            conversation_id=conversation_id,
            employee_id=rating.agent_id,
            score=score,
            satisfied=rating.satisfied,
            alerts=rule.alerts(score),
            at=at,
        )
    )
    return rating

"""Points not understood: noted, answered, and kept as knowledge (J4)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account, get_visible
from cangke.foundation.audit.public import record
from cangke.foundation.events.public import publish
from cangke.foundation.refusal import Conflict

from ..events import QuestionAnswered
from ..models import Article, Category, Question
from .articles import ArticleDraft, write_article
from .refusals import BadWords

LONGEST = 4000


class AlreadyAnswered(Conflict):
    """Somebody has answered it before; a further answer goes into the article."""


class NotAnswered(Conflict):
    """Only what has an answer becomes an article."""


@transaction.atomic
def ask_question(*, text: str, by: Account, at: dt.datetime, about: str = "") -> Question:
    """
    Note what one did not understand.

    :raises BadWords: without a question
    """
    if not text.strip():
        raise BadWords(_("请写下没弄明白的地方。"), field="text")
    question = Question.objects.create(
        asked_by=by, asked_at=at, text=text.strip()[:LONGEST], about=about.strip()[:120]
    )
    record("knowledge.question_asked", obj=question, by=by, at=at)
    return question


@transaction.atomic
def answer_question(*, question_id: int, answer: str, by: Account, at: dt.datetime) -> Question:
    """
    Write down the answer, one's own finding or a colleague's.

    :raises AlreadyAnswered: if there is one
    :raises BadWords: without an answer
    """
    get_visible(by, Question, "view", pk=question_id)
    question = Question.objects.select_for_update().get(pk=question_id)
    if question.answered_at is not None:
        raise AlreadyAnswered(_("已经有答案了；补充请写进知识文章。"))
    if not answer.strip():
        raise BadWords(_("请写下答案。"), field="answer")
    question.answer = answer.strip()[:LONGEST]
    question.answered_by, question.answered_at = by, at
    question.save(update_fields=["answer", "answered_by", "answered_at"])
    record("knowledge.question_answered", obj=question, by=by, at=at)
    publish(
        QuestionAnswered(
            question_id=question.pk,
            asked_by_id=question.asked_by_id,
            answered_by_id=by.pk,
            at=at,
        )
    )
    return question


@transaction.atomic
def make_article_of(
    *, question_id: int, category: str, title: str, by: Account, at: dt.datetime
) -> Article:
    """
    Let an answered question become an article for everybody; again returns the same one.

    :raises NotAnswered: if there is no answer yet
    """
    get_visible(by, Question, "publish", pk=question_id)
    question = Question.objects.select_for_update().get(pk=question_id)
    if question.article is not None:
        return question.article
    if question.answered_at is None:
        raise NotAnswered(_("先写下答案，再做成知识文章。"))
    article = write_article(
        draft=ArticleDraft(
            category=category or Category.OTHER,
            title=title.strip() or question.text[:120],
            body=f"{question.text}\n\n{question.answer}",
        ),
        by=by,
        at=at,
    )
    question.article = article
    question.save(update_fields=["article"])
    record(
        "knowledge.question_kept",
        obj=question,
        by=by,
        at=at,
        changes={"article": article.pk},
    )
    return article

"""What knowledge does when something has happened in it."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import Account
from cangke.foundation.notices.public import Notice, notify

from .events import ChangePublished, QuestionAnswered
from .models import ChangeNotice, Question
from .queries.changes import audience_of


def tell_readers(event: ChangePublished) -> None:
    """Ask everybody of the audience to read, once."""
    notice = ChangeNotice.objects.get(pk=event.notice_id)
    url = reverse("knowledge:change", args=[notice.pk])
    told = Notice.objects.filter(kind="knowledge.change", url=url).values_list(
        "account_id", flat=True
    )
    people = Account.objects.filter(
        pk__in=audience_of(notice).values("account_id"), is_active=True
    ).exclude(pk__in=list(told))
    notify(
        list(people),
        kind="knowledge.change",
        title=_("业务有变化，请阅读并确认：%(title)s") % {"title": notice.title},
        url=url,
        at=event.at,
    )


def tell_who_asked(event: QuestionAnswered) -> None:
    """Tell who noted a question that there is an answer."""
    if event.asked_by_id == event.answered_by_id:
        return
    url = reverse("knowledge:question", args=[event.question_id])
    if Notice.objects.filter(kind="knowledge.answered", url=url).exists():
        return
    question = Question.objects.select_related("asked_by").get(pk=event.question_id)
    notify(
        [question.asked_by],
        kind="knowledge.answered",
        title=_("你的疑问有答案了：%(text)s") % {"text": question.text[:60]},
        url=url,
        at=event.at,
    )

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cangke.foundation.access.public import Account, allowed, get_visible, scope, signed_in
from cangke.foundation.refusal import Refusal
from cangke.foundation.ui.public import Bulk, Column, Empty, ListPage, Preset, refused
from cangke.foundation.wording import listed

from . import actions, forms, queries, registry
from .models import Notice, OutboxItem, Webhook

FEW = 5


def _account(request: HttpRequest) -> Account:
    return cast(Account, request.user)


@require_safe
@signed_in
def bell(request: HttpRequest) -> HttpResponse:
    """The bell in the top bar and how many notices are unread; without script, the list."""
    if not getattr(request, "htmx", None):
        return redirect("notices:list")
    unread = queries.count_unread(_account(request))
    return render(request, "notices/bell.html", {"unread": unread})


@require_safe
@signed_in
def panel(request: HttpRequest) -> HttpResponse:
    """The newest unread notices, for the home page; nothing if there are none."""
    unread = queries.notices_of(_account(request)).filter(read_at__isnull=True)
    rows = list(unread[: FEW + 1])
    context = {"rows": rows[:FEW], "more": len(rows) > FEW}
    return render(request, "notices/notice/panel.html", context)


class NoticeList(ListPage[Notice]):
    name = "notices.notice"
    template = "notices/notice/list.html"
    columns = [
        Column("title", gettext_lazy("通知"), always=True, phone="head"),
        Column("kind", gettext_lazy("种类"), phone="line"),
        Column("created", gettext_lazy("时间"), phone="side"),
    ]
    presets = [Preset("all", gettext_lazy("全部")), Preset("unread", gettext_lazy("未读"))]
    bulk = [Bulk("read", gettext_lazy("标为已读"), "notices:read", icon="check")]
    empty = Empty(gettext_lazy("没有通知"), gettext_lazy("有事要您知道时，会出现在这里。"))

    def decorate(self, rows: list[Notice]) -> list[Notice]:
        for row in rows:
            row.kind_label = registry.kind_of(row.kind).label  # type: ignore[attr-defined]  # for the page
        return rows


@require_safe
@signed_in
def notice_list(request: HttpRequest) -> HttpResponse:
    """A person's own notices, the newest first."""
    rows = queries.notices_of(_account(request))
    if request.GET.get("view") == "unread":
        rows = rows.filter(read_at=None)
    return NoticeList(request, rows).response()


@require_POST
@signed_in
def notice_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a notice as read and go where it leads."""
    account = _account(request)
    notice = get_visible(account, Notice, "change", pk=pk, account_id=account.pk)
    actions.mark_read(by=account, at=timezone.now(), ids=[notice.pk])
    return redirect(notice.url or "notices:list")


@require_POST
@signed_in
def notice_read(request: HttpRequest) -> HttpResponse:
    """Mark the chosen notices as read, or all of them."""
    account = _account(request)
    if "ids" in request.POST:
        chosen = NoticeList(request, queries.notices_of(account)).chosen()
        ids = list(chosen.values_list("pk", flat=True))
        actions.mark_read(by=account, at=timezone.now(), ids=ids)
    else:
        actions.mark_read(by=account, at=timezone.now())
    return redirect("notices:list")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def setting_edit(request: HttpRequest) -> HttpResponse:
    """How the person wants to be told."""
    account = _account(request)
    data = request.POST if request.method == "POST" else None
    form = forms.SettingForm(data, instance=queries.setting_of(account))
    kinds = queries.choices_of(account)
    if request.method == "POST":
        kinds = [
            (kind, f"app:{kind.code}" in request.POST, f"mail:{kind.code}" in request.POST)
            for kind, _in_app, _mail in kinds
        ]
        if form.is_valid():
            try:
                actions.choose(
                    by=account,
                    values=form.cleaned_data,
                    kinds={kind.code: (in_app, mail) for kind, in_app, mail in kinds},
                )
            except Refusal as refusal:
                refused(form, refusal)
            else:
                messages.success(request, _("已保存通知设置。"))
                return redirect("notices:settings")
    status = 422 if form.errors else 200
    context = {"form": form, "kinds": kinds, "account": account}
    return render(request, "notices/settings.html", context, status=status)


class WebhookList(ListPage[Webhook]):
    name = "notices.webhook"
    template = "notices/webhook/list.html"
    columns = [
        Column("name", gettext_lazy("名称"), sort="name", always=True, phone="head"),
        Column("state", gettext_lazy("状态"), sort="is_active", phone="side"),
        Column("shape", gettext_lazy("格式"), phone="line"),
        Column("kinds", gettext_lazy("通知种类"), phone="line"),
    ]
    default_sort = "name"
    empty = Empty(
        gettext_lazy("还没有群机器人"),
        gettext_lazy("把通知同时发到内部群：先在群里建一个机器人，再把它的地址填到这里。"),
        [(gettext_lazy("新建群机器人"), "notices:webhook-new")],
    )

    def decorate(self, rows: list[Webhook]) -> list[Webhook]:
        for row in rows:
            labels = [str(registry.kind_of(kind).label) for kind in row.kinds]
            row.kind_labels = listed(labels)  # type: ignore[attr-defined]  # for the page
        return rows


@require_safe
@allowed("notices.manage")
def webhook_list(request: HttpRequest) -> HttpResponse:
    """The robots of internal groups."""
    return WebhookList(request, scope(request.user, Webhook, "view")).response()


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("notices.manage")
def webhook_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Add or change a robot."""
    account = _account(request)
    webhook = get_visible(account, Webhook, "change", pk=pk) if pk else None
    data = request.POST if request.method == "POST" else None
    form = forms.WebhookForm(data, webhook=webhook)
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.save_webhook(
                webhook=webhook, by=account, at=timezone.now(), **form.cleaned_data
            )
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("已保存群机器人。"))
            return redirect("notices:webhook-edit", pk=saved.pk)
    context: dict[str, Any] = {"form": form, "webhook": webhook}
    status = 422 if form.errors else 200
    return render(request, "notices/webhook/edit.html", context, status=status)


@require_POST
@allowed("notices.manage")
def webhook_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a robot."""
    account = _account(request)
    webhook = get_visible(account, Webhook, "change", pk=pk)
    actions.delete_webhook(webhook_id=webhook.pk, by=account, at=timezone.now())
    messages.success(request, _("已删除群机器人“%s”。") % webhook.name)
    return redirect("notices:webhooks")


@require_POST
@allowed("notices.manage")
def webhook_test(request: HttpRequest, pk: int) -> HttpResponse:
    """Say something to a robot, to see whether it hears."""
    webhook = get_visible(request.user, Webhook, "change", pk=pk)
    actions.announce(
        kind="notices.test",
        title=gettext_lazy("测试消息"),
        body=gettext_lazy("收到这条消息，说明群机器人设置正确。"),
        at=timezone.now(),
        only=webhook,
    )
    messages.success(request, _("测试消息已发出，几秒后请看群里；没有收到请看外发失败列表。"))
    return redirect("notices:webhook-edit", pk=webhook.pk)


class OutboxList(ListPage[OutboxItem]):
    name = "notices.outbox"
    template = "notices/outbox/list.html"
    columns = [
        Column("subject", gettext_lazy("标题"), always=True, phone="head"),
        Column("to", gettext_lazy("发给"), phone="line"),
        Column("error", gettext_lazy("原因"), phone="line"),
        Column("created", gettext_lazy("时间"), phone="side"),
        Column("acts", gettext_lazy("操作"), always=True, phone="line"),
    ]
    empty = Empty(gettext_lazy("没有发送失败的消息"))


@require_safe
@allowed("notices.manage")
def outbox_list(request: HttpRequest) -> HttpResponse:
    """What could not be sent, with why, and what to do about it."""
    rows = scope(request.user, OutboxItem, "view").filter(pk__in=queries.dead_items())
    return OutboxList(request, rows.select_related("account", "webhook")).response()


@require_POST
@allowed("notices.manage")
def outbox_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a failed item again."""
    item = get_visible(request.user, OutboxItem, "change", pk=pk)
    actions.retry(item_id=item.pk, by=_account(request), at=timezone.now())
    messages.success(request, _("已重新排队发送。"))
    return redirect("notices:outbox")


@require_POST
@allowed("notices.manage")
def outbox_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a failed item up."""
    item = get_visible(request.user, OutboxItem, "change", pk=pk)
    actions.discard(item_id=item.pk, by=_account(request), at=timezone.now())
    messages.success(request, _("已放弃这条消息。"))
    return redirect("notices:outbox")

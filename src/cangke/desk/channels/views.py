"""The pages on which the ways in are set up, and the page that shows a mail as it was written."""

from __future__ import annotations

from functools import partial
from typing import Any

import django_filters
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cangke.foundation.access.public import (
    allowed,
    confirmed_lately,
    get_visible,
    scope,
)
from cangke.foundation.calendar.public import site_day
from cangke.foundation.ui.public import (
    Bulk,
    Column,
    Empty,
    ListPage,
    Preset,
    SignedInRequest,
    act,
    allow_framing,
)

from ..models import Channel, Connector, Mailbox, Message, RawMail, WecomAccount, WecomRow
from ..models.mailbox import raw_state_choices
from . import duties, setup
from .connector import outgoing as tool
from .forms import ChatForm, ConnectorForm, HandForm, MailboxForm, WecomForm
from .html import clean_html
from .mail.connection import try_connection
from .wecom.line import Line

FRESH_SECRET = "ck_connector_secret"  # session key: whose new secret is shown once


class ChannelList(ListPage[Channel]):
    name = "desk.channel"
    template = "desk/channel/list.html"
    columns = [
        Column("name", gettext_lazy("渠道"), sort="name", always=True, phone="head"),
        Column("state", gettext_lazy("状态"), phone="side"),
        Column("kind", gettext_lazy("类别"), sort="kind", phone="line"),
        Column("shop", gettext_lazy("店铺"), sort="shop__name", phone="line"),
        Column("polled", gettext_lazy("最近收取"), phone="line"),
    ]
    default_sort = "name"
    empty = Empty(
        gettext_lazy("还没有渠道"),
        gettext_lazy("新建在线聊天，把一行代码放进店铺网页；或填一个邮箱，来信就会进工作台。"),
        [
            (gettext_lazy("新建在线聊天"), "desk:chat-new"),
            (gettext_lazy("新建邮箱"), "desk:mailbox-new"),
        ],
    )

    def decorate(self, rows: list[Channel]) -> list[Channel]:
        for row in rows:
            mailbox = getattr(row, "mailbox", None)
            if mailbox is not None:
                url = reverse("desk:mailbox", args=[mailbox.pk])
            elif row.kind == "web_chat":
                url = reverse("desk:chat", args=[row.pk])
            elif getattr(row, "connector", None) is not None:
                url = reverse("desk:connector", args=[row.connector.pk])
            elif getattr(row, "wecom", None) is not None:
                url = reverse("desk:wecom", args=[row.wecom.pk])
            else:
                url = reverse("desk:by-hand", args=[row.pk])
            row.setup_url, row.box = url, mailbox  # type: ignore[attr-defined]  # for the page
            row.awaited = _awaited(row)  # type: ignore[attr-defined]  # for the page
        return rows

    def get_context(self) -> dict[str, Any]:
        return {
            **super().get_context(),
            "failing": Mailbox.objects.filter(state="failing", channel__is_active=True),
            "aside": RawMail.objects.filter(state="quarantined").count(),
        }


def _awaited(row: Channel) -> bool:
    """Whether the channel needs a tool that was never heard of."""
    tool = getattr(row, "connector", None)
    if tool is None:
        return row.kind in ("marketplace_im", "api")
    return tool.state == "new" and tool.last_in_at is None


@require_safe
@allowed("desk.setup")
def channel_list(request: SignedInRequest) -> HttpResponse:
    """The ways in, and whether they work."""
    rows = scope(request.user, Channel, "change").select_related(
        "shop", "mailbox", "connector", "wecom"
    )
    return ChannelList(request, rows).response()


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("desk.setup")
def chat(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """Make or change a web chat."""
    channel = get_visible(request.user, Channel, "change", pk=pk) if pk else None
    if channel is not None and channel.kind != "web_chat":
        raise Http404
    context: dict[str, Any] = {"channel": channel}
    if channel is not None:
        context["page_url"] = request.build_absolute_uri(f"/chat/{channel.public_key}/")
        context["script_url"] = request.build_absolute_uri(f"/widget/{channel.public_key}.js")
    return act(
        request,
        ChatForm(request.POST or None, channel=channel),
        lambda values: setup.save_chat(
            channel=channel, values=values, by=request.user, at=timezone.now()
        ),
        title=channel.name if channel else _("新建在线聊天"),
        done=lambda saved: reverse("desk:chat", args=[saved.pk]),
        said=lambda saved: _("已保存渠道“%s”。") % saved.name,
        template="desk/channel/chat.html",
        context=context,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("desk.setup")
def by_hand(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """Make or change a way in that is written down by hand: phone, visits, letters."""
    channel = get_visible(request.user, Channel, "change", pk=pk) if pk else None
    if channel is not None and (channel.kind not in HandForm.KINDS or _has_tool(channel)):
        raise Http404
    return act(
        request,
        HandForm(request.POST or None, channel=channel),
        lambda values: setup.save_by_hand(
            channel=channel, values=values, by=request.user, at=timezone.now()
        ),
        title=channel.name if channel else _("新建电话、来访或来信渠道"),
        done=lambda saved: reverse("desk:by-hand", args=[saved.pk]),
        said=lambda saved: _("已保存渠道“%s”。") % saved.name,
        template="desk/channel/hand.html",
        context={"channel": channel},
    )


def _has_tool(channel: Channel) -> bool:
    return Connector.objects.filter(channel=channel).exists()


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("desk.setup")
def mailbox(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """Make or change an e-mail channel; a saved one is visited at once."""
    box = get_visible(request.user, Mailbox, "change", pk=pk) if pk else None
    at = timezone.now()

    def keep(values: dict[str, Any]) -> Mailbox:
        saved = setup.save_mailbox(mailbox=box, values=values, by=request.user, at=at)
        duties.visit_mailbox.enqueue(saved.pk)
        return saved

    return act(
        request,
        MailboxForm(
            request.POST or None,
            mailbox=box,
            today=site_day(at, timezone.get_current_timezone_name()),
        ),
        keep,
        title=box.address if box else _("新建邮箱"),
        done=lambda saved: reverse("desk:mailbox", args=[saved.pk]),
        said=lambda saved: _("已保存邮箱 %s，正在试着收取。") % saved.address,
        template="desk/channel/mailbox.html",
        context={"box": box},
    )


@require_POST
@allowed("desk.setup")
def mailbox_check(request: SignedInRequest, pk: int) -> HttpResponse:
    """Log in to both servers now and say what came of it."""
    box = get_visible(request.user, Mailbox, "change", pk=pk)
    labels = {"imap": _("收件"), "smtp": _("发件")}
    for way, failure in try_connection(box).items():
        if failure is None:
            messages.success(request, _("%s服务器可以登录。") % labels[way])
        else:
            box.last_error = failure.code
            said = {"way": labels[way], "words": box.get_last_error_display()}
            messages.error(request, _("%(way)s：%(words)s") % said + f" ({failure.detail})"[:200])
    return redirect("desk:mailbox", pk=box.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("desk.setup")
def connector(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """Make or change a channel that an outside tool serves; the secret of a new one is shown."""
    row = get_visible(request.user, Connector, "change", pk=pk) if pk else None

    def keep(values: dict[str, Any]) -> Connector:
        saved = setup.save_connector(
            connector=row, values=values, by=request.user, at=timezone.now()
        )
        if row is None:
            request.session[FRESH_SECRET] = saved.pk
        return saved

    context: dict[str, Any] = {"connector": row}
    if row is not None:
        # Taken out of the session only where the page is drawn: a form that leads on leaves it.
        context["secret"] = SimpleLazyObject(partial(_take_fresh_secret, request, row))
        context["addresses"] = [
            (label, request.build_absolute_uri(reverse(name, args=[row.channel.public_key])))
            for label, name in (
                (_("客户消息送到"), "desk:tool-messages"),
                (_("送达回执送到"), "desk:tool-deliveries"),
                (_("来取回复"), "desk:tool-answers"),
            )
        ]
    return act(
        request,
        ConnectorForm(request.POST or None, connector=row),
        keep,
        title=row.channel.name if row else _("接入外部工具"),
        done=lambda saved: reverse("desk:connector", args=[saved.pk]),
        said=lambda saved: _("已保存渠道“%s”。") % saved.channel.name,
        template="desk/channel/connector.html",
        context=context,
    )


def _take_fresh_secret(request: SignedInRequest, row: Connector) -> str:
    """Return the secret that was made a moment ago, once."""
    return str(row.secret) if request.session.pop(FRESH_SECRET, None) == row.pk else ""


@require_POST
@allowed("desk.setup")
@confirmed_lately
def connector_secret(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make a new secret and show it once."""
    row = setup.renew_secret(connector_id=pk, by=request.user, at=timezone.now())
    request.session[FRESH_SECRET] = row.pk
    messages.success(request, _("已换新密钥，旧密钥立即失效。"))
    return redirect("desk:connector", pk=pk)


@require_POST
@allowed("desk.setup")
def connector_check(request: SignedInRequest, pk: int) -> HttpResponse:
    """Call the tool's address now and say what came of it."""
    row = get_visible(request.user, Connector, "change", pk=pk)
    failure = tool.ping(row, at=timezone.now())
    if failure:
        messages.error(request, _("对方没有应答：%s") % failure)
    else:
        messages.success(request, _("对方应答正常。"))
    return redirect("desk:connector", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("desk.setup")
def wecom(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """Make or change a channel of WeCom customer service."""
    row = get_visible(request.user, WecomAccount, "change", pk=pk) if pk else None
    context: dict[str, Any] = {"account": row}
    if row is not None:
        path = reverse("desk:wecom-called", args=[row.channel.public_key])
        context["address"] = request.build_absolute_uri(path)
        aside = WecomRow.objects.filter(account=row, state="quarantined")
        context["aside"] = aside.order_by("-pk")[:50]
    return act(
        request,
        WecomForm(request.POST or None, account=row),
        lambda values: setup.save_wecom(
            account=row, values=values, by=request.user, at=timezone.now()
        ),
        title=row.channel.name if row else _("接入微信客服"),
        done=lambda saved: reverse("desk:wecom", args=[saved.pk]),
        said=lambda saved: _("已保存渠道“%s”。") % saved.channel.name,
        template="desk/channel/wecom.html",
        context=context,
    )


@require_POST
@allowed("desk.setup")
def wecom_check(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask WeCom for a token and for our account now, and say what came of it."""
    row = get_visible(request.user, WecomAccount, "change", pk=pk)
    failure = Line(row, at=timezone.now()).check()
    if failure:
        messages.error(request, _("企业微信没有接受：%s") % failure)
    else:
        messages.success(request, _("连上了企业微信，客服账号可用。"))
        duties.visit_wecom.enqueue(row.pk)
    return redirect("desk:wecom", pk=pk)


@require_POST
@allowed("desk.setup")
def wecom_again(request: SignedInRequest, pk: int) -> HttpResponse:
    """Have what was put aside read once more."""
    count = setup.read_rows_again(account_id=pk, by=request.user, at=timezone.now())
    duties.visit_wecom.enqueue(pk)
    messages.success(request, _("已重新读取 %d 条消息。") % count)
    return redirect("desk:wecom", pk=pk)


class RawMailFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(label=gettext_lazy("状态"), choices=raw_state_choices)

    class Meta:
        model = RawMail
        fields = ["state"]


class RawMailList(ListPage[RawMail]):
    name = "desk.rawmail"
    template = "desk/channel/mails.html"
    columns = [
        Column("sender", gettext_lazy("发件人"), always=True, phone="head"),
        Column("state", gettext_lazy("状态"), phone="side"),
        Column("subject", pgettext_lazy("letter", "主题"), phone="line"),
        Column("received", gettext_lazy("收到时间"), sort="received_at", phone="line"),
        Column("mailbox", gettext_lazy("邮箱"), hidden=True, phone="line"),
    ]
    default_sort = "-received"
    filterset_class = RawMailFilter
    presets = [
        Preset("quarantined", gettext_lazy("已隔离"), "state=quarantined", tone="late"),
        Preset("aside", gettext_lazy("退信与回执"), "state=aside"),
        Preset("all", gettext_lazy("全部")),
    ]
    bulk = [Bulk("again", gettext_lazy("再读一次"), "desk:mails-again", icon="refresh")]
    empty = Empty(gettext_lazy("没有这样的邮件"), gettext_lazy("读不懂的邮件会留在这里，不会丢。"))


def _mails(request: SignedInRequest) -> RawMailList:
    rows = scope(request.user, RawMail, "view").select_related("mailbox", "eml").defer("html")
    return RawMailList(request, rows)


@require_safe
@allowed("desk.setup")
def mails(request: SignedInRequest) -> HttpResponse:
    """Mail that did not become a message: poison, bounces, what was too large."""
    return _mails(request).response()


@require_POST
@allowed("desk.setup")
def mails_again(request: SignedInRequest) -> HttpResponse:
    """Have the chosen mails read once more."""
    at = timezone.now()
    done = 0
    for raw in _mails(request).chosen():
        try:
            setup.read_again(raw_id=raw.pk, by=request.user, at=at)
        except setup.NotAside:
            continue
        done += 1
    duties.read_waiting_mail(at)
    messages.success(request, _("已重新读取 %d 封邮件。") % done)
    return redirect("desk:mails")


@require_safe
@allowed("desk.view")
def mail_html(request: SignedInRequest, pk: int) -> HttpResponse:
    """
    A mail's HTML, cleaned, for a frame in the thread; pictures from elsewhere only when asked.

    It is its own inert document: no script, no style, no form, in a sandbox.
    """
    message = get_visible(request.user, Message, "view", pk=pk)
    raw = setup.raw_of(message)
    if raw is None or not raw.html:
        raise Http404
    remote = request.GET.get("pictures") == "1"
    cleaned = clean_html(raw.html, pictures=raw.pictures, remote=remote)
    response = render(
        request,
        "desk/channel/mail.html",
        {"cleaned": cleaned, "message": message, "remote": remote},
    )
    pictures = "'self' http: https:" if remote else "'self'"
    response["Content-Security-Policy"] = (
        # Without scripts the same origin gives the mail nothing; its own pictures need it.
        "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; "
        f"default-src 'none'; img-src {pictures}; style-src 'self'; frame-ancestors 'self'"
    )
    response["Referrer-Policy"] = "no-referrer"
    return allow_framing(response, ["'self'"])

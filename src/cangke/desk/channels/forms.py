from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cangke.foundation.calendar.public import OpeningTable
from cangke.people.public import Shop, Site

from ..models import Channel, Connector, Mailbox, WecomAccount
from ..models.choices import channel_kind_choices
from ..models.connector import connector_identity_choices
from ..models.mailbox import security_choices

LINES = forms.Textarea(attrs={"rows": 2, "data-ck-grow": True})
SECRET = forms.PasswordInput(attrs={"autocomplete": "new-password"})


def _words(label: Any) -> forms.CharField:
    """Words that the house says in one language; none are needed."""
    return forms.CharField(label=label, required=False, max_length=500, widget=LINES)


def _password(label: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=500, strip=False, widget=SECRET)


class ChannelForm(forms.Form):
    """What every way in has."""

    name = forms.CharField(label=_("名称"), max_length=60)
    shop = forms.ModelChoiceField(label=_("店铺"), queryset=Shop.objects.none())
    language = forms.ChoiceField(label=_("语言"), choices=settings.LANGUAGES)
    opening = forms.ModelChoiceField(
        label=_("服务时间"),
        queryset=OpeningTable.objects.none(),
        required=False,
        empty_label=_("全天"),
    )
    target_seconds = forms.IntegerField(
        label=_("首次响应目标（秒）"),
        min_value=1,
        max_value=30 * 86400,
        required=False,
        help_text=_("空着按制度：聊天 60 秒、邮件 4 小时、来信 3 天，可在制度里改。"),
    )
    is_active = forms.BooleanField(label=_("启用"), required=False, initial=True)
    # What is typed and never shown: a new channel needs it (True), a kept one keeps what it has.
    secrets: ClassVar[Mapping[str, bool]] = {}

    def __init__(self, *args: Any, channel: Channel | None = None, **kwargs: Any) -> None:
        self.channel = channel
        if channel is not None:
            kwargs["initial"] = {**self.held(channel), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["shop"].queryset = Shop.objects.select_related("site")
        fields["opening"].queryset = OpeningTable.objects.all()
        for name, needed in self.secrets.items():
            if channel is None:
                fields[name].required = needed
            else:
                fields[name].help_text = _("已保存；不改就留空")

    def held(self, channel: Channel) -> dict[str, Any]:
        return {
            "name": channel.name,
            "shop": channel.shop_id,
            "language": channel.language,
            "opening": channel.opening_id,
            "target_seconds": channel.target_seconds,
            "is_active": channel.is_active,
        }


class GreetingForm(ChannelForm):
    """A way in where the house says the first words."""

    greeting_zh = _words(_("问候语（中文）"))
    greeting_en = _words(_("问候语（英文）"))
    greeting_hint: ClassVar[Promise | str] = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["greeting_zh"].help_text = self.greeting_hint
        said = [name for name in self.fields if name.startswith(("greeting_", "away_"))]
        self.order_fields([name for name in self.fields if name not in said] + said)

    def held(self, channel: Channel) -> dict[str, Any]:
        return {
            **super().held(channel),
            "greeting_zh": channel.greetings.get("zh-hans", ""),
            "greeting_en": channel.greetings.get("en", ""),
        }


class SpokenForm(GreetingForm):
    """A way in where the house also says by itself that nobody is there."""

    away_zh = _words(_("非服务时间通知（中文）"))
    away_en = _words(_("非服务时间通知（英文）"))

    def held(self, channel: Channel) -> dict[str, Any]:
        return {
            **super().held(channel),
            "away_zh": channel.away_notices.get("zh-hans", ""),
            "away_en": channel.away_notices.get("en", ""),
        }


class ChatForm(SpokenForm):
    """A web chat."""

    origins = forms.CharField(
        label=_("嵌入的网站"),
        required=False,
        widget=LINES,
        help_text=_("每行一个，如 https://shop.example；没有列出的网站不能嵌入"),
    )
    show_agents = forms.BooleanField(label=_("向客户显示客服姓名"), required=False, initial=True)
    greeting_hint = _("不填用制度里的标准问候语")

    def held(self, channel: Channel) -> dict[str, Any]:
        return {
            **super().held(channel),
            "origins": "\n".join(channel.config.get("origins", [])),
            "show_agents": channel.config.get("show_agents", True),
        }


class MailboxForm(GreetingForm):
    """An e-mail channel: where it fetches and sends."""

    address = forms.EmailField(label=_("邮箱地址"), max_length=254)
    sender_name = forms.CharField(label=_("发件人名称"), max_length=60, required=False)
    aliases = forms.CharField(
        label=_("其他地址"),
        required=False,
        widget=LINES,
        help_text=_("也会收到这里的地址，每行一个；从这些地址来的邮件算本公司的"),
    )
    imap_host = forms.CharField(label=_("收件服务器（IMAP）"), max_length=200)
    imap_port = forms.IntegerField(label=_("收件端口"), min_value=1, max_value=65535, initial=993)
    imap_security = forms.ChoiceField(label=_("收件加密"), choices=security_choices)
    imap_user = forms.CharField(label=_("收件用户"), max_length=200)
    imap_password = _password(_("收件密码"))
    imap_folder = forms.CharField(label=_("收件夹"), max_length=100, initial="INBOX")
    smtp_host = forms.CharField(label=_("发件服务器（SMTP）"), max_length=200)
    smtp_port = forms.IntegerField(label=_("发件端口"), min_value=1, max_value=65535, initial=465)
    smtp_security = forms.ChoiceField(label=_("发件加密"), choices=security_choices)
    smtp_user = forms.CharField(label=_("发件用户"), max_length=200, required=False)
    smtp_password = _password(_("发件密码"))
    poll_seconds = forms.IntegerField(
        label=_("收取间隔（秒）"), min_value=5, max_value=3600, initial=30
    )
    since_date = forms.DateField(
        label=_("从此日起收取"),
        help_text=_("更早的邮件不会进来"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    greeting_zh = _words(_("自动确认（中文）"))
    greeting_en = _words(_("自动确认（英文）"))
    greeting_hint = _("收到新来信时自动回复一次；不填不回")
    secrets = {"imap_password": True, "smtp_password": False}

    def __init__(
        self,
        *args: Any,
        mailbox: Mailbox | None = None,
        today: dt.date | None = None,
        **kwargs: Any,
    ) -> None:
        self.mailbox = mailbox
        kwargs.setdefault("initial", {"since_date": today})
        super().__init__(*args, channel=mailbox.channel if mailbox else None, **kwargs)

    def held(self, channel: Channel) -> dict[str, Any]:
        held = super().held(channel)
        if self.mailbox is not None:
            held |= {
                name: getattr(self.mailbox, name)
                for name in self.base_fields
                if hasattr(self.mailbox, name) and "password" not in name
            }
            held["aliases"] = "\n".join(self.mailbox.aliases)
        return held

    def clean_sender_name(self) -> str:
        return " ".join(str(self.cleaned_data["sender_name"]).split())

    def clean_aliases(self) -> list[str]:
        found = [line.strip().lower() for line in self.cleaned_data["aliases"].splitlines()]
        for address in filter(None, found):
            try:
                validate_email(address)
            except ValidationError:
                raise ValidationError(_("“%s”不是邮箱地址。") % address[:80]) from None
        return [address for address in found if address]


class ConnectorForm(ChannelForm):
    """A channel that an outside tool serves."""

    kind = forms.ChoiceField(
        label=_("类别"),
        choices=[("marketplace_im", _("旺旺等平台聊天")), ("api", _("其他工具"))],
    )
    identity_kind = forms.ChoiceField(label=_("客户按什么识别"), choices=connector_identity_choices)
    url = forms.CharField(
        label=_("推送地址"),
        max_length=500,
        required=False,
        help_text=_("回复会签名后发到这里；空着时由对方来取。"),
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )

    def __init__(self, *args: Any, connector: Connector | None = None, **kwargs: Any) -> None:
        self.connector = connector
        super().__init__(*args, channel=connector.channel if connector else None, **kwargs)
        if connector is not None:
            del self.fields["kind"]

    def held(self, channel: Channel) -> dict[str, Any]:
        held = super().held(channel)
        if self.connector is not None:
            held |= {"identity_kind": self.connector.identity_kind, "url": self.connector.url}
        return held


class HandForm(GreetingForm):
    """A way in that people write down by hand: phone, door, post."""

    kind = forms.ChoiceField(label=_("类别"), choices=[])
    site = forms.ModelChoiceField(label=_("站点"), queryset=Site.objects.none(), empty_label=None)
    greeting_hint = _("登记来电时显示在最上面；不填用制度里的标准问候语")
    MADE = ("phone", "walk_in", "letter")
    # A marketplace's chat that has no tool yet can be named and switched off.
    KINDS = (*MADE, "marketplace_im", "api")

    def __init__(self, *args: Any, channel: Channel | None = None, **kwargs: Any) -> None:
        super().__init__(*args, channel=channel, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["site"].queryset = Site.objects.order_by("pk")
        fields["shop"].required = False
        fields["shop"].empty_label = _("所有店铺")
        fields["kind"].choices = [row for row in channel_kind_choices() if row[0] in self.MADE]
        if channel is not None:
            del fields["kind"]
            if channel.kind != "phone":
                del fields["greeting_zh"], fields["greeting_en"]
        self.order_fields(["name", "kind", "site"])

    def held(self, channel: Channel) -> dict[str, Any]:
        return {**super().held(channel), "site": channel.site_id}


class WecomForm(SpokenForm):
    """A channel of WeCom customer service: whose it is, and the three secrets."""

    corp_id = forms.RegexField(
        r"\A[A-Za-z0-9_-]+\Z",
        label=_("企业 ID"),
        max_length=64,
        help_text=_("企业微信管理后台 → 我的企业 → 企业信息"),
    )
    open_kfid = forms.RegexField(
        r"\A[A-Za-z0-9_-]+\Z",
        label=_("客服账号 ID（open_kfid）"),
        max_length=64,
        help_text=_("微信客服 → 客服账号，以 wk 开头"),
    )
    kf_secret = forms.CharField(
        label=_("应用的 Secret"),
        required=False,
        max_length=200,
        widget=SECRET,
    )
    token = forms.RegexField(
        r"\A[A-Za-z0-9]{1,32}\Z",
        label=_("回调的 Token"),
        required=False,
        widget=SECRET,
    )
    aes_key = forms.RegexField(
        r"\A[A-Za-z0-9]{43}\Z",
        label=_("回调的 EncodingAESKey"),
        required=False,
        error_messages={"invalid": _("EncodingAESKey 是 43 位字母和数字。")},
        widget=SECRET,
    )
    secrets = {"kf_secret": True, "token": True, "aes_key": True}
    greeting_hint = _("会话开始时自动发一次；不填不发。客户说一次话最多回 5 条，问候也算")

    def __init__(self, *args: Any, account: WecomAccount | None = None, **kwargs: Any) -> None:
        self.account = account
        super().__init__(*args, channel=account.channel if account else None, **kwargs)

    def held(self, channel: Channel) -> dict[str, Any]:
        held = super().held(channel)
        if self.account is not None:
            held |= {"corp_id": self.account.corp_id, "open_kfid": self.account.open_kfid}
        return held

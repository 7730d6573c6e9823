from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from cangke.desk.public import web_chat


class MessageForm(forms.Form):
    """What a visitor writes, and says about themselves if they like."""

    body = forms.CharField(
        label=_("消息"),
        max_length=web_chat.LONGEST_TEXT,
        required=False,
        strip=False,
        error_messages={"max_length": _("一条消息最多 5000 个字，请分几条发送。")},
    )
    client_token = forms.CharField(max_length=64, required=False)
    name = forms.CharField(label=_("称呼"), max_length=60, required=False)
    email = forms.EmailField(
        label=_("邮箱"),
        max_length=200,
        required=False,
        error_messages={"invalid": _("邮箱的格式不对，请检查。")},
    )
    order = forms.CharField(label=_("订单号"), max_length=64, required=False)


class RatingForm(forms.Form):
    """How a visitor was served; which scores there are is the desk's to say."""

    rating = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    score = forms.IntegerField(required=False)
    note = forms.CharField(required=False, max_length=10_000)


class TrackForm(forms.Form):
    """Which order, and something only its buyer knows."""

    number = forms.CharField(
        label=_("订单号"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
    proof = forms.CharField(
        label=_("核对信息"),
        max_length=200,
        help_text=_("下单时的手机号后四位、邮箱或邮编，任填一项"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

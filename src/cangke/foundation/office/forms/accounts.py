from __future__ import annotations

import unicodedata
import zoneinfo
from functools import cache
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import AccountKind, Theme
from cangke.foundation.ui.public import SearchSelect

LOGIN_NAME = RegexValidator(
    r"^[\w.@+-]+$", _("登录名只用字母、数字、汉字和 . @ + - _，中间不留空格。")
)


@cache
def _zones() -> tuple[str, ...]:
    places = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
    known = (zone for zone in zoneinfo.available_timezones() if zone.startswith(places))
    return ("UTC", *sorted(known))


def _company_zone() -> str:
    return gettext("公司时区（%s）") % settings.TIME_ZONE


def zone_choices() -> list[tuple[str, Any]]:
    return [("", _company_zone()), *((zone, zone) for zone in _zones())]


def _zone_select() -> SearchSelect:
    return SearchSelect(attrs={"data-ck-placeholder": lazy(_company_zone, str)()})


def language_choices() -> list[tuple[str, Any]]:
    return [("", _("跟随浏览器")), *settings.LANGUAGES]


def _clean_line(value: str) -> str:
    return " ".join(unicodedata.normalize("NFC", value).split())


class AccountForm(forms.Form):
    """What an administrator writes about an account."""

    display_name = forms.CharField(label=_("姓名"), max_length=60)
    email = forms.EmailField(
        label=_("邮箱"), required=False, help_text=_("忘记密码时，重设链接寄到这里。")
    )
    language = forms.ChoiceField(label=_("语言"), choices=language_choices, required=False)
    zone = forms.ChoiceField(
        label=_("时区"), choices=zone_choices, required=False, widget=_zone_select()
    )

    def clean_display_name(self) -> str:
        return _clean_line(self.cleaned_data["display_name"])


class NewAccountForm(AccountForm):
    username = forms.CharField(
        label=_("登录名"),
        max_length=60,
        validators=[LOGIN_NAME],
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
        help_text=_("以后不能改。大小写不区分。"),
    )
    kind = forms.ChoiceField(
        label=_("类别"),
        choices=lambda: AccountKind.choices,
        initial=AccountKind.STAFF,
        help_text=_("仓储客户只能看到自己公司的数据；程序用于接口。"),
    )
    field_order = ["username", "display_name", "kind", "email", "language", "zone"]

    def clean_username(self) -> str:
        return unicodedata.normalize("NFKC", self.cleaned_data["username"]).strip()


class ReasonForm(forms.Form):
    """Why something is done to an account; it stands in the log."""

    reason = forms.CharField(
        label=_("事由"),
        min_length=2,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
        help_text=_("会记入审计记录。"),
    )


class ProfileForm(forms.Form):
    """What people set for themselves."""

    display_name = forms.CharField(
        label=_("姓名"), max_length=60, help_text=_("同事和客户看到的名字。")
    )
    language = forms.ChoiceField(label=_("语言"), choices=language_choices, required=False)
    theme = forms.ChoiceField(label=_("主题"), choices=lambda: Theme.choices)
    zone = forms.ChoiceField(
        label=_("时区"),
        choices=zone_choices,
        required=False,
        widget=_zone_select(),
        help_text=_("页面上的时间按它显示；考勤和期限按站点时间计算，不受影响。"),
    )

    def clean_display_name(self) -> str:
        return _clean_line(self.cleaned_data["display_name"])

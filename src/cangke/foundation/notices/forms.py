from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from . import models, registry
from .models import NoticeSetting, Webhook


class SettingForm(forms.ModelForm[NoticeSetting]):
    """How a person wants to be told, in general."""

    class Meta:
        model = NoticeSetting
        fields = ["mail_mode", "digest_time", "quiet_from", "quiet_until"]
        widgets = {
            name: forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
            for name in ("digest_time", "quiet_from", "quiet_until")
        }
        help_texts = {
            "mail_mode": _("邮箱由管理员在“账户”里登记。"),
            "quiet_from": _("按您的时区；这段时间里邮件先不发，紧急的除外。"),
        }


class WebhookForm(forms.Form):
    """A robot of an internal group."""

    name = forms.CharField(label=_("名称"), max_length=80)
    url = forms.CharField(
        label=_("地址"),
        max_length=500,
        help_text=_("https:// 开头；内部网络的地址须由管理员在安装设置里放行。"),
    )
    shape = forms.ChoiceField(label=_("格式"), choices=models.shape_choices)
    kinds = forms.MultipleChoiceField(
        label=_("通知种类"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("都不选就是全部。"),
    )
    is_active = forms.BooleanField(label=_("启用"), required=False, initial=True)
    new_key = forms.BooleanField(label=_("换一个签名密钥"), required=False)

    def __init__(self, *args: Any, webhook: Webhook | None = None, **kwargs: Any) -> None:
        if webhook is not None:
            kwargs.setdefault(
                "initial",
                {
                    "name": webhook.name,
                    "url": webhook.url,
                    "shape": webhook.shape,
                    "kinds": webhook.kinds,
                    "is_active": webhook.is_active,
                },
            )
        super().__init__(*args, **kwargs)
        kinds: Any = self.fields["kinds"]
        kinds.choices = [(kind.code, kind.label) for kind in registry.KINDS.values()]
        if webhook is None:
            del self.fields["new_key"]

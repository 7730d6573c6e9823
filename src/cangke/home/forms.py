from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import Account


class FirstRunForm(forms.Form):
    """The first administrator: name, login name and a password of their own."""

    username = forms.CharField(
        label=_("登录名"),
        max_length=60,
        validators=[RegexValidator(r"^[\w.@+-]+$", _("登录名只用字母、数字、汉字和 . @ + - _。"))],
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}
        ),
    )
    display_name = forms.CharField(
        label=_("姓名"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label=_("密码"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("再输一次"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    @staticmethod
    def rules() -> list[str]:
        """What a password must be, in sentences."""
        return password_validators_help_texts()

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        password = found.get("password")
        if password and found.get("again") is not None and password != found["again"]:
            self.add_error("again", _("两次输入的密码不同。"))
        if password:
            owner = Account(
                username=found.get("username", ""), display_name=found.get("display_name", "")
            )
            try:
                validate_password(password, owner)
            except ValidationError as error:
                self.add_error("password", error)
        return found

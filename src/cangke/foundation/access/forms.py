"""The second step of a login, counted like the first; and whose password a mail may reset."""

from __future__ import annotations

import hashlib
from typing import Any

from allauth.account.forms import ResetPasswordForm
from allauth.core import context
from allauth.mfa.base import forms as mfa
from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth.signals import user_login_failed
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from . import ports
from .models import Account

MOST_WRONG_CODES = 30  # within an hour, from all addresses together
HOUR = 3600
USED_FOR = 180  # seconds; longer than any code is valid


class _Counted:
    """
    Wrong codes count like wrong passwords, and beyond a number from everywhere together.

    A code is taken once, although it is valid for a little longer than its half minute.
    """

    user: Account
    cleaned_data: dict[str, Any]

    def clean_code(self) -> str:
        request = context.request
        credentials = {"username": self.user.username}
        if not AxesProxyHandler.is_allowed(request, credentials):
            request.axes_locked_out = True
            request.axes_credentials = credentials
            raise ValidationError(_("尝试次数太多，请稍后再试。"))
        wrong = f"ck:wrong-codes:{self.user.pk}"
        if cache.get(wrong, 0) >= MOST_WRONG_CODES:
            raise ValidationError(_("尝试次数太多，请一小时后再试，或请管理员解除两步验证。"))
        typed = "".join(each for each in self.cleaned_data["code"] if each.isalnum())
        used = f"ck:used-code:{self.user.pk}:{hashlib.sha256(typed.encode()).hexdigest()}"
        try:
            if cache.get(used):
                raise ValidationError(_("这个验证码已经用过，请等下一个。"))
            code: str = super().clean_code()  # type: ignore[misc]  # of the form mixed in
        except ValidationError:
            cache.add(wrong, 0, HOUR)
            if cache.incr(wrong) == MOST_WRONG_CODES:
                ports.recorded.ask(
                    action="access.codes_alarm",
                    obj=self.user,
                    by=None,
                    at=timezone.now(),
                    changes={"count": MOST_WRONG_CODES, "within_minutes": 60},
                )
            user_login_failed.send(sender=type(self), credentials=credentials, request=request)
            raise
        cache.set(used, True, USED_FOR)
        return code


class ResetForm(ResetPasswordForm):
    """Only the address an account has now counts, not those the login package remembers."""

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        self.users = list(Account.objects.filter(email__iexact=email, is_active=True))
        return email


class CodeForm(_Counted, mfa.AuthenticateForm):
    """The code after the password."""


class CodeAgainForm(_Counted, mfa.ReauthenticateForm):
    """The code before an act that opens doors."""

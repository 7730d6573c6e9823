"""How the login package behaves in this house."""

from __future__ import annotations

import datetime as dt
import html
from typing import Any
from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from . import post, secrets
from .models import Account

RESET_MAIL = "account/email/password_reset_key"
SELF_EVIDENT = ("account/messages/logged_in.txt", "account/messages/logged_out.txt")
TEMPORARY_FOR = dt.timedelta(days=7)


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are opened by an administrator; nobody signs up from outside."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return str(request.META.get("REMOTE_ADDR", ""))

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        return None

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """Let in neither a disabled account nor a temporary password of last week."""
        refused = super().pre_login(request, user, **kwargs)
        if refused is not None or not user.temporary_since:
            return refused
        if timezone.now() - user.temporary_since <= TEMPORARY_FOR:
            return None
        messages.error(request, _("临时密码已过期（7 天），请联系管理员重新发放。"))
        return HttpResponseRedirect(reverse("account_login"))

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """Say what happened, but not what everybody sees: that one is in, or out."""
        if message_template not in SELF_EVIDENT:
            super().add_message(request, level, message_template, *args, **kwargs)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return settings.LOGIN_REDIRECT_URL

    def format_email_subject(self, subject: str) -> str:
        return html.unescape(str(subject))

    def get_reset_password_from_key_url(self, key: str) -> str:
        """An address under our own name, whatever host the request claimed to ask."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return str(settings.BASE_URL) + path.replace("UID-KEY", quote(key))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """
        Write the mail and hand it to the queue.

        A mail about an unknown address is written like any other and then thrown away: the answer
        takes as long, and strangers get no mail from us.
        """
        wanted = not template_prefix.endswith("unknown_account")
        if not wanted:
            template_prefix, context = RESET_MAIL, self._reset_of_nobody()
        message = self.render_mail(template_prefix, email, {"email": email, **context})
        post.hand_over(message, wanted=wanted)

    def _reset_of_nobody(self) -> dict[str, Any]:
        """The same work as for somebody, for an account that is not there."""
        nobody = Account(pk=0, username="nobody", password="!")
        key = f"{user_pk_to_url_str(nobody)}-{default_token_generator.make_token(nobody)}"
        return {"user": nobody, "password_reset_url": self.get_reset_password_from_key_url(key)}


class SecondFactorAdapter(DefaultMFAAdapter):
    """The seeds of codes are stored under the installation's own key."""

    def encrypt(self, text: str) -> str:
        return secrets.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return secrets.unseal(encrypted_text)

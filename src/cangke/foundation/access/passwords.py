"""What a password must be, said in our own words: long, not common, not made of one's own name."""

from __future__ import annotations

from django.contrib.auth import password_validation as django
from django.utils.translation import gettext as _


class LongEnough(django.MinimumLengthValidator):
    """At least so many signs; no rules about which ones."""

    def get_error_message(self) -> str:
        return _("密码太短，至少 %s 位。") % self.min_length

    def get_help_text(self) -> str:
        return _("至少 %s 位，可以是一句话，也可以有空格。") % self.min_length


class NotCommon(django.CommonPasswordValidator):
    """None of the twenty thousand that are tried first."""

    def get_error_message(self) -> str:
        return _("这个密码太常见，容易被猜中。")

    def get_help_text(self) -> str:
        return _("不用常见密码。")


class NotPersonal(django.UserAttributeSimilarityValidator):
    """Not the login name, the name or the address in another spelling."""

    def get_error_message(self) -> str:
        return _("密码与登录名、姓名或邮箱太像。")

    def get_help_text(self) -> str:
        return _("不含登录名、姓名或邮箱。")

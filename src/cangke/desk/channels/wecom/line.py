"""
Calls to WeCom: one line for a channel, with its access token kept until it is over.

Never inside a transaction; secrets travel in the address, which is never logged.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext as _

from cangke.foundation.notices.public import Answer, CallFailed, CallRefused, call

from ...models import WecomAccount
from . import wording

SECONDS = 15.0
MEDIA_SECONDS = 60.0
MOST_PAGE = 8 * 1024 * 1024
MOST_MEDIA = 21 * 1024 * 1024
EARLY = dt.timedelta(minutes=2)  # a token is replaced before it is over


class LineFailed(Exception):
    """WeCom cannot be reached or is busy; trying again later helps."""


class LineRefused(Exception):
    """WeCom says no; ``code`` is its error code, the text what it means to us."""

    def __init__(self, code: int, said: str = "") -> None:
        super().__init__(wording.refusal_words(code, said))
        self.code, self.said = code, said


Attempt = Callable[[str], Answer]  # access token → what WeCom answered


@dataclass(frozen=True)
class Media:
    """A file as WeCom handed it over."""

    name: str
    data: bytes


class Line:
    """One channel's line; ``at`` is the moment of the visit."""

    def __init__(self, account: WecomAccount, *, at: dt.datetime) -> None:
        self.account, self.at = account, at

    def ask(self, path: str, what: Mapping[str, Any]) -> dict[str, Any]:
        """
        Post JSON and return the answer's JSON.

        :raises LineFailed: if trying again later may help
        :raises LineRefused: if it will not
        """
        body = json.dumps(what, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json; charset=utf-8"}
        return self._told(lambda token: self._post(path, token, headers, body))

    def upload(self, kind: str, *, name: str, content_type: str, data: bytes) -> str:
        """Hand a file over and return its media id, good for three days."""
        edge = secrets.token_hex(16)
        plain = "".join(sign if sign.isprintable() and sign not in '"\\' else "_" for sign in name)
        head = (
            f"--{edge}\r\n"
            f'Content-Disposition: form-data; name="media"; filename="{plain}"; '
            f"filelength={len(data)}\r\n"
            f"Content-Type: {content_type}\r\n\r\n"
        )
        body = head.encode() + data + f"\r\n--{edge}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={edge}"}
        told = self._told(lambda token: self._post("media/upload", token, headers, body, type=kind))
        return str(told.get("media_id") or "")

    def download(self, media_id: str) -> Media:
        """Fetch a file that a customer sent."""
        answer = self._answered(
            lambda token: self._call(
                "GET", "media/get", {"access_token": token, "media_id": media_id}
            )
        )
        return Media(_file_name(answer.headers), answer.body)

    def check(self) -> str:
        """Fetch a new token and look for our account; return what is wrong, or nothing."""
        try:
            self._token(anew=True)
            told = self.ask("kf/account/list", {"offset": 0, "limit": 100})
        except (LineFailed, LineRefused) as error:
            return str(error)
        ids = [
            each.get("open_kfid")
            for each in told.get("account_list") or []
            if isinstance(each, Mapping)
        ]
        return "" if self.account.open_kfid in ids else wording.refusal_words(95004)

    # --- the token

    def _token(self, *, anew: bool = False) -> str:
        account = self.account
        until = account.access_until
        if not anew and account.access_token and until is not None and until > self.at + EARLY:
            return str(account.access_token)
        told = self._read(
            self._call(
                "GET",
                "gettoken",
                {"corpid": account.corp_id, "corpsecret": str(account.kf_secret)},
            )
        )
        token, seconds = told.get("access_token"), told.get("expires_in")
        if not isinstance(token, str) or not token or not isinstance(seconds, int):
            raise LineFailed(_("企业微信的回答读不懂"))
        account.access_token = token
        account.access_until = self.at + dt.timedelta(seconds=min(max(seconds, 0), 86400))
        account.save(update_fields=["access_token", "access_until"])
        return token

    # --- calling

    def _told(self, attempt: Attempt) -> dict[str, Any]:
        return self._read(self._answered(attempt))

    def _answered(self, attempt: Attempt) -> Answer:
        """Call with the token we have; once more with a new one if WeCom says it is over."""
        answer = attempt(self._token())
        if _code_of(answer) in wording.TOKEN_OVER:
            answer = attempt(self._token(anew=True))
        if _code_of(answer):
            self._read(answer)  # says which
        return answer

    def _post(
        self, path: str, token: str, headers: Mapping[str, str], body: bytes, **query: str
    ) -> Answer:
        return self._call("POST", path, {"access_token": token, **query}, headers, body)

    def _call(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Answer:
        url = f"{settings.CANGKE_WECOM_URL}/cgi-bin/{path}?{urlencode(query)}"
        media = path.startswith("media/")
        try:
            answer = call(
                method,
                url,
                headers=headers,
                body=body,
                seconds=MEDIA_SECONDS if media else SECONDS,
                most_bytes=MOST_MEDIA if media else MOST_PAGE,
            )
        except CallRefused as error:
            raise LineFailed(_("不能访问企业微信的地址")) from error
        except CallFailed as error:
            raise LineFailed(_("连不上企业微信：%s") % error) from error
        if not answer.ok:
            raise LineFailed(_("连不上企业微信：%s") % f"HTTP {answer.status}")
        return answer

    @staticmethod
    def _read(answer: Answer) -> dict[str, Any]:
        try:
            told = json.loads(answer.body)
        except (ValueError, RecursionError) as error:
            raise LineFailed(_("企业微信的回答读不懂")) from error
        if not isinstance(told, dict):
            raise LineFailed(_("企业微信的回答读不懂"))
        code, said = told.get("errcode", 0), str(told.get("errmsg") or "")
        if not isinstance(code, int):
            raise LineFailed(_("企业微信的回答读不懂"))
        if code in wording.BUSY:
            raise LineFailed(_("企业微信正忙，稍后再试 (%s)") % code)
        if code:
            raise LineRefused(code, said)
        return told


def _code_of(answer: Answer) -> int:
    """The error code of an answer; 0 for files and whatever is no error."""
    attached = "attachment" in answer.headers.get("content-disposition", "")
    if attached or not answer.body.startswith(b"{"):
        return 0
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError):
        return 0
    code = told.get("errcode") if isinstance(told, dict) else 0
    return code if isinstance(code, int) else 0


def _file_name(headers: Mapping[str, str]) -> str:
    parsed = Message()
    parsed["Content-Disposition"] = (
        headers.get("content-disposition", "")
        .encode("latin-1", "replace")
        .decode("utf-8", "replace")
    )
    return str(parsed.get_filename() or "")[:200]

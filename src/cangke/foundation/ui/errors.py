"""Error pages: what happened, what was kept, what to do, and the number to quote."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.foundation.refusal import Refusal

from . import replies

log = logging.getLogger("cangke.pages")

Text = str | Promise


@dataclass(frozen=True)
class Said:
    title: Text
    kept: Text
    steps: tuple[Text, ...]
    icon: str = "warn"


SAID: dict[int, Said] = {
    400: Said(
        gettext_lazy("这个请求看不懂"),
        gettext_lazy("没有改动任何数据。"),
        (
            gettext_lazy("如果是手工改过的地址，请从菜单重新进入。"),
            gettext_lazy("如果是从列表点进来的，请把编号告诉管理员。"),
        ),
    ),
    403: Said(
        gettext_lazy("您没有这项权限"),
        gettext_lazy("没有改动任何数据，这次访问已留下记录。"),
        (
            gettext_lazy("工作需要的话，请让主管在“设置 · 账户”里开通。"),
            gettext_lazy("刚刚开通的，请刷新本页。"),
        ),
        "lock",
    ),
    404: Said(
        gettext_lazy("没有找到"),
        gettext_lazy("它可能已被合并、移走，或者不在您负责的范围内。"),
        (
            gettext_lazy("用上方搜索找编号、名称或单号。"),
            gettext_lazy("从别人那里得到的链接，请对方确认范围。"),
        ),
        "search",
    ),
    409: Said(
        gettext_lazy("别人先改过了"),
        gettext_lazy("您的改动没有保存，对方的改动都在。"),
        (
            gettext_lazy("返回上一页，您填的内容还在。"),
            gettext_lazy("看过对方的改动后再保存。"),
        ),
        "history",
    ),
    413: Said(
        gettext_lazy("内容太大了"),
        gettext_lazy("没有收下这次上传，以前的文件都在。"),
        (
            gettext_lazy("返回上一页，换小一些的文件，或分几次上传。"),
            gettext_lazy("表格请拆成几份，或删去空行和图片。"),
        ),
        "upload",
    ),
    422: Said(
        gettext_lazy("还不能这样做"),
        gettext_lazy("没有改动任何数据。"),
        (gettext_lazy("返回上一页改正，您填的内容还在。"),),
    ),
    429: Said(
        gettext_lazy("操作太频繁"),
        gettext_lazy("为了安全先停一会儿，没有改动任何数据。"),
        (gettext_lazy("几分钟后再试。"), gettext_lazy("着急的话请管理员解锁。")),
        "hourglass",
    ),
    500: Said(
        gettext_lazy("系统出错了"),
        gettext_lazy("这一步没有完成；之前保存的内容都在。"),
        (
            gettext_lazy("返回上一页再试一次，您填的内容还在。"),
            gettext_lazy("还不行，请把编号告诉管理员，可以查到原因。"),
        ),
    ),
    503: Said(
        gettext_lazy("正在维护"),
        gettext_lazy("之前保存的内容都在。"),
        (gettext_lazy("几分钟后刷新本页。"),),
        "tool",
    ),
}

EXPIRED = Said(
    gettext_lazy("这一页放得太久了"),
    gettext_lazy("为了安全没有提交，您填的内容还在上一页。"),
    (
        gettext_lazy("返回上一页，刷新后再提交（先把长段文字复制下来）。"),
        gettext_lazy("如果一直这样，请允许本站使用 Cookie。"),
    ),
    "clock",
)


def _wants_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/") or (
        request.accepts("application/json") and not request.accepts("text/html")
    )


def error_page(
    request: HttpRequest,
    status: int,
    *,
    detail: object = "",
    said: Said | None = None,
    headers: dict[str, str] | None = None,
) -> HttpResponse:
    """
    Answer with an error in the form the caller understands: page, htmx toast or problem+json.

    ``detail`` replaces the sentence of what happened; it is shown as it is, so it must be made for
    people.
    """
    words = said or SAID.get(status) or SAID[500]
    reference = getattr(request, "reference", "")
    title = str(detail or words.title)
    response: HttpResponse
    if _wants_json(request):
        response = JsonResponse(
            {"type": "about:blank", "title": title, "status": status, "reference": reference},
            status=status,
            content_type="application/problem+json",
        )
    elif request.headers.get("HX-Request") == "true":
        response = HttpResponse(title, status=status, content_type="text/plain; charset=utf-8")
        response["HX-Reswap"] = "none"
        text = title
        if status >= 500:
            text = _("%(title)s（编号 %(reference)s）") % {"title": title, "reference": reference}
        replies.toast(response, text, tone="late")
    else:
        context: dict[str, Any] = {
            "status": status,
            "title": title,
            "said": words,
            "reference": reference,
            "csp_nonce": getattr(request, "csp_nonce", ""),
            "theme": getattr(request, "theme", "auto"),
        }
        # No database and no person: the page must come even when those are what failed.
        page = loader.get_template("ui/error.html").render(context, request=None)
        response = HttpResponse(page, status=status)
    response["Cache-Control"] = "no-store"
    for name, value in (headers or {}).items():
        response[name] = value
    return response


def refusal(request: HttpRequest, error: Refusal) -> HttpResponse:
    """Answer a refused act: a toast and a mark at the field, a page, or problem+json."""
    response = error_page(request, error.status, detail=error.message)
    if error.field and request.headers.get("HX-Request") == "true":
        replies.trigger(response, "ck:refused", field=error.field, text=str(error.message))
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig | TooManyFilesSent):
        return error_page(request, 413)
    return error_page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    reference = getattr(request, "reference", "")
    log.error("reference %s: %s %s", reference, request.method, request.path, exc_info=True)
    return error_page(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    log.warning("csrf check failed: %s", reason)
    return error_page(request, 403, said=EXPIRED)

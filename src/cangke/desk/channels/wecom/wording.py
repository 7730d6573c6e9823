"""What WeCom's refusals mean to an agent or administrator."""

from __future__ import annotations

from django.utils.translation import gettext as _

TOKEN_OVER = frozenset({40014, 42001})  # the access token: fetch another one
BUSY = frozenset({-1, 6000, 45009, 45033})  # trying again later helps
SEND_LIMIT, WINDOW_OVER = 95001, 95002


def refusal_words(code: int, said: str = "") -> str:
    """The sentence for an error code, with the next step; unknown ones with WeCom's own words."""
    known = {
        40001: _("Secret 不对，请到渠道设置里重新填写"),
        40013: _("企业 ID 不对，请到渠道设置里核对"),
        40096: _("企业微信不认识这位客户，可能已删除"),
        48002: _("这个应用没有调用微信客服的权限，请在企业微信后台“可调用接口的应用”里加上"),
        60020: _("本服务器的 IP 不在企业微信的可信 IP 里，请在应用里加上"),
        95000: _("客服账号 ID 不对，请到渠道设置里核对"),
        SEND_LIMIT: _("客户说一次话，最多只能回 5 条，这条没有发出；等客户再说话后重新发送"),
        WINDOW_OVER: _("客户已超过 48 小时没有说话，微信不让再发；等客户再说话后重新发送"),
        95004: _("客服账号不存在，请到渠道设置里核对"),
        95013: _("微信里的这次会话已经结束；等客户再说话后重新发送"),
        95018: _("这位客户正由企业微信里的同事接待，本系统发不出；请在企业微信里结束后重新发送"),
    }
    if code in known:
        return f"{known[code]} ({code})"
    return _("企业微信没有接受：%(said)s (%(code)s)") % {"said": said[:80] or "—", "code": code}


def failed_words(fail_type: int) -> str:
    """Why a message that WeCom had accepted did not arrive after all (``msg_send_fail``)."""
    known = {
        4: refusal_words(WINDOW_OVER),
        5: refusal_words(95013),
        6: refusal_words(SEND_LIMIT),
        10: _("客户拒收了消息"),
    }
    return known.get(fail_type) or _("消息没有送到客户（原因 %s）") % fail_type

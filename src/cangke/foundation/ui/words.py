"""The words that scripts show; they travel with the page in its language."""

from django.utils.translation import gettext as _


def script_words() -> dict[str, str]:
    """Return key → word; ``%s`` is filled in by the script."""
    return {
        "undo": _("撤销"),
        "close": _("关闭"),
        "yes": _("确定"),
        "copied": _("已复制"),
        "offline": _("网络断了，刚才的操作没有送达。您填的内容还在，恢复后再点一次。"),
        "slow": _("服务器 30 秒没有应答。您填的内容还在，请稍后再试。"),
        "failed": _("这一步没有完成，您填的内容还在。"),
        "forbidden": _("您没有这项权限。"),
        "gone": _("没有找到，它可能已被移走。"),
        "conflict": _("别人先改过了，请刷新后再试。"),
        "tooLarge": _("文件太大了。"),
        "tooMany": _("操作太频繁，请稍后再试。"),
        "reference": _("编号 %s"),
        "chosen": _("已选 %s"),
        "chosenAll": _("已选全部 %s"),
        "noChoice": _("没有相符的选项"),
        "loading": _("正在载入…"),
        "fileTooLarge": _("%s，超过上限 %s"),
        "justNow": _("刚刚"),
        "reconnecting": _("连接中断，正在重新连接；已输入的内容不会丢"),
        "draftHere": _("已存在本机"),
        "notSent": _("没有发出去：网络断开。内容还在，恢复后再按发送"),
        "minutesAgo": _("%s 分钟前"),
        "hoursAgo": _("%s 小时前"),
        "days": _("%s 天"),
        "left": _("剩 %s"),
        "over": _("迟 %s"),
        "keyPalette": _("搜索与跳转"),
        "keySearch": _("到搜索框"),
        "keyDown": _("下一行"),
        "keyUp": _("上一行"),
        "keyOpen": _("打开"),
        "keyMark": _("选择"),
        "keyHelp": _("全部快捷键"),
        "keyClose": _("关闭弹窗"),
    }

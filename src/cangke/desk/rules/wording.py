"""Why the desk decided as it did: a code with its facts, and the sentence a person reads."""

from collections.abc import Mapping
from dataclasses import dataclass


def gettext_noop(message: str) -> str:
    """Mark a sentence for the translators; it is translated where it is shown."""
    return message


SENTENCES: Mapping[str, str] = {
    # stage
    "stage.no_order": gettext_noop("客户没有订单，归售前"),
    "stage.chosen_unshipped": gettext_noop("所选订单 %(order)s 尚未发货，归售前"),
    "stage.chosen_shipped": gettext_noop("所选订单 %(order)s 已发货，归售后"),
    "stage.chosen_partly_shipped": gettext_noop("所选订单 %(order)s 已部分发货，归售后"),
    "stage.latest_unshipped": gettext_noop("最近订单 %(order)s 尚未发货，归售前"),
    "stage.latest_shipped": gettext_noop("最近订单 %(order)s 已发货，归售后"),
    "stage.latest_partly_shipped": gettext_noop("最近订单 %(order)s 已部分发货，归售后"),
    "stage.line_shipped": gettext_noop("所选商品（订单 %(order)s）已发货，归售后"),
    "stage.line_unshipped": gettext_noop("所选商品（订单 %(order)s）尚未发货，归售前"),
    "stage.by_hand": gettext_noop("由客服指定"),
    # queue
    "group.by_shop": gettext_noop("由服务此店铺的接待组接待"),
    "group.by_stage": gettext_noop("由此阶段的接待组接待"),
    "group.general": gettext_noop("由通用接待组接待"),
    "group.none": gettext_noop("没有服务此店铺、阶段和语言的接待组"),
    # eligibility
    "agent.presence": gettext_noop("不在线（%(presence)s）"),
    "agent.heartbeat": gettext_noop("%(seconds)s 秒没有心跳"),
    "agent.off_shift": gettext_noop("不在班"),
    "agent.draining": gettext_noop("临近下班，不再接新会话"),
    "agent.full": gettext_noop("已接 %(load)s 个，上限 %(cap)s 个"),
    "agent.stage": gettext_noop("不接待此阶段"),
    "agent.language": gettext_noop("不会 %(language)s"),
    "agent.shop": gettext_noop("不服务此店铺"),
    "agent.group": gettext_noop("不在此接待组"),
    "agent.uncertified": gettext_noop("未通过所需认证"),
    "agent.lapsed": gettext_noop("此会话曾分给他而未应答"),
    # choice
    "choice.shop_upcoming": gettext_noop("店铺尚未上线，不分配"),
    "choice.outside_hours": gettext_noop("不在服务时间，排队到开始服务"),
    "choice.nobody": gettext_noop("没有可接待的客服，继续排队"),
    "choice.sticky": gettext_noop("24 小时内接待过此客户"),
    "choice.only_one": gettext_noop("唯一可接待的客服"),
    "choice.least_load": gettext_noop("负荷最小：%(load)s ÷ %(weight)s"),
    "choice.longest_idle": gettext_noop("负荷相同，距上次分配最久"),
    # escalation
    "escalate.leader": gettext_noop("等待超过目标 %(times)s 倍，升级到组长"),
    "escalate.supervisor": gettext_noop("等待超过目标 %(times)s 倍，升级到主管"),
    "escalate.head": gettext_noop("等待超过目标 %(times)s 倍，升级到部门负责人"),
    # closing
    "close.no_type": gettext_noop("请选择问题类型"),
    "close.no_result": gettext_noop("请选择处理结果"),
    "close.unanswered": gettext_noop("客户还在等回复：请先回复或转接，再结束会话"),
    "close.transfer_pending": gettext_noop("转接还没有被接受：请等待对方接受或撤回转接"),
    "close.major": gettext_noop("重大投诉由主管结束"),
    "close.closed": gettext_noop("会话已经结束"),
    "close.not_owner": gettext_noop("只有接待此会话的客服、组长或主管可以结束"),
    "close.allowed": gettext_noop("可以结束"),
}


@dataclass(frozen=True, slots=True)
class Because:
    """One reason: a stable code and the facts of its sentence, as text."""

    code: str
    facts: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, code: str, **facts: object) -> "Because":
        return cls(code, tuple((name, str(value)) for name, value in facts.items()))

    @property
    def sentence(self) -> str:
        """Return the Chinese msgid, still with its placeholders."""
        return SENTENCES[self.code]

    @property
    def words(self) -> str:
        """Return the sentence in Chinese with its facts filled in."""
        return self.sentence % dict(self.facts)

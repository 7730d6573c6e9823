"""The one file that holds the order of the menu and of the settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cangke.foundation.office.public import SettingsGroup, SettingsPage
from cangke.foundation.ui.public import MenuItem

SETTINGS = [
    SettingsGroup(
        _("人员与权限"),
        [
            SettingsPage(
                _("账户"),
                "office:accounts",
                "person",
                _("开通、停用、授权、重发密码"),
                "access.view",
            ),
            SettingsPage(
                _("角色"), "office:roles", "key", _("预设角色和公司自己的角色"), "access.view"
            ),
            SettingsPage(
                _("审计记录"), "office:audit", "history", _("谁、何时、做了什么"), "audit.view"
            ),
            SettingsPage(
                _("API 令牌"),
                "api:all-tokens",
                "lock",
                _("哪些程序以谁的身份访问接口，可作废"),
                "api.manage",
            ),
        ],
    ),
    SettingsGroup(
        _("客服"),
        [
            SettingsPage(
                _("渠道"),
                "desk:channels",
                "plug",
                _("在线聊天、邮箱、嵌入代码、没有读懂的邮件"),
                "desk.setup",
            ),
            SettingsPage(
                _("接待组"), "desk:groups", "chat", _("成员、阶段、店铺、语言"), "desk.setup"
            ),
            SettingsPage(
                _("客服资料"),
                "desk:profiles",
                "person",
                _("谁能接什么：阶段、语言、店铺、上限"),
                "desk.setup",
            ),
            SettingsPage(
                _("问题类型"), "desk:question-types", "tag", _("结束会话时要选的类型"), "desk.setup"
            ),
            SettingsPage(
                _("处理结果"),
                "desk:handling-results",
                "check",
                _("结束会话时要选的结果"),
                "desk.setup",
            ),
        ],
    ),
    SettingsGroup(
        pgettext_lazy("several", "工单"),
        [
            SettingsPage(
                _("工单类别"),
                "tickets:kinds",
                "tag",
                _("字段、时限、路由、子任务、结束条件"),
                "tickets.setup",
            ),
            SettingsPage(
                _("协作部门"),
                "errands:counterparts",
                "building",
                _("可以请哪些部门协助，由谁答复"),
                "tickets.setup",
            ),
            SettingsPage(
                _("一键处理"),
                "tickets:macros",
                "bolt",
                _("一组改动和一段回复，点一下完成"),
                "tickets.setup",
            ),
        ],
    ),
    SettingsGroup(
        _("业务资料"),
        [
            SettingsPage(
                pgettext_lazy("several", "班次"),
                "attendance:shifts",
                "clock",
                _("白班、晚班和其他班次的时间"),
                "attendance.define",
            ),
            SettingsPage(
                _("节假日"),
                "attendance:calendar",
                "calendar",
                _("各地区的放假与调休上班"),
                "attendance.define",
            ),
            SettingsPage(
                _("商品"), "catalog:list", "tag", _("SKU、重量尺寸、商品卡片"), "catalog.view"
            ),
            SettingsPage(
                _("承运商"),
                "carriers:list",
                "truck",
                _("物流方式、查询网址、联系人"),
                "carriers.view",
            ),
            SettingsPage(
                _("仓储客户"),
                "customers:clients",
                "house",
                _("级别、合同、结算周期"),
                "customers.clients",
            ),
        ],
    ),
    SettingsGroup(
        _("数据与消息"),
        [
            SettingsPage(
                _("导入"), "sheets:list", "file-import", _("表格导入、模板、结果"), "sheets.use"
            ),
            SettingsPage(
                _("群机器人"),
                "notices:webhooks",
                "webhook",
                _("把通知同时发到内部群"),
                "notices.manage",
            ),
            SettingsPage(
                _("外发失败"),
                "notices:outbox",
                "warn",
                _("没有发出去的邮件和群消息"),
                "notices.manage",
            ),
        ],
    ),
    SettingsGroup(
        _("我的"),
        [
            SettingsPage(_("个人资料"), "office:profile", "card", _("姓名、语言、主题、时区")),
            SettingsPage(_("我的权限"), "office:my-rights", "shield", _("能做什么，由谁授予")),
            SettingsPage(
                _("我的 API 令牌"),
                "api:tokens",
                "plug",
                _("让自己的程序访问接口"),
                "api.use",
            ),
            SettingsPage(_("通知设置"), "notices:settings", "bell", _("站内、邮件、免打扰时间")),
            SettingsPage(
                _("我的工资条"), "payroll:mine", "yuan", _("每月的工资条和依据"), "payroll.own"
            ),
            SettingsPage(
                _("我的奖惩"),
                "discipline:list",
                "flag",
                _("奖励、请我说明的事、处分与申诉"),
                "discipline.view",
            ),
            SettingsPage(
                _("制度会怎么算？"),
                "payroll:simulate",
                "scale",
                _("按现行制度试算一个月的工资"),
                "payroll.simulate",
            ),
            SettingsPage(
                _("后台任务"), "jobs:mine", "hourglass", _("导入、导出等长任务的进度"), "jobs.view"
            ),
        ],
    ),
]

# 工作台 · 订单 · 仓库 · 售后 · 投诉 · 客户 · 营销 · 结算 · 知识 · 人事 · 主管 · 报表 · 制度 · 设置
ORDER: Sequence[MenuItem] = [
    MenuItem(_("工作台"), "desk:workbench", "chat", "desk.view", area="desk"),
    MenuItem(
        pgettext_lazy("several", "工单"),
        "tickets:list",
        "ticket",
        "tickets.view",
        area="tickets",
        badge="cangke.tickets.queries.menu_badge",
    ),
    MenuItem(
        _("协作"),
        "errands:list",
        "send",
        "tickets.answer",
        badge="cangke.tickets.queries.errand_badge",
    ),
    MenuItem(
        pgettext_lazy("several", "订单"),
        "orders:list",
        "orders",
        "orders.view",
        area="orders",
        badge="cangke.orders.views.late_orders",
    ),
    MenuItem(_("客户"), "customers:list", "person", "customers.view", area="customers"),
    MenuItem(
        _("知识"),
        "knowledge:list",
        "book",
        "knowledge.view",
        area="knowledge",
        badge="cangke.knowledge.queries.menu_badge",
    ),
    MenuItem(_("人事"), "people:chart", "card", "people.chart", area="people"),
    MenuItem(_("考勤"), "attendance:mine", "calendar", "attendance.view", area="attendance"),
    MenuItem(_("工资"), "payroll:list", "yuan", "payroll.look", area="payroll"),
    MenuItem(
        _("转正"),
        "regularization:list",
        "person-check",
        "regularization.board",
        area="regularization",
    ),
    MenuItem(
        _("奖惩"),
        "discipline:list",
        "flag",
        "discipline.report",
        badge="cangke.discipline.queries.menu_badge",
    ),
    MenuItem(
        pgettext_lazy("several", "审批"),
        "approvals:list",
        "check",
        "approvals.view",
        badge="cangke.approvals.queries.menu_badge",
    ),
    MenuItem(
        pgettext_lazy("area", "主管"),
        "supervision:board",
        "gauge",
        "desk.board",
        area="supervision",
    ),
    MenuItem(
        _("质检"),
        "quality:list",
        "award",
        "quality.view",
        area="quality",
        badge="cangke.quality.queries.menu_badge",
    ),
    MenuItem(_("报表"), "reports:service", "chart", "desk.report", area="reports"),
    MenuItem(_("制度"), "rulebook:book", "scale", "rulebook.view", area="rulebook"),
    MenuItem(_("设置"), "office:settings", "sliders", area="office", foot=True),
]


class _Present:
    """The items of rooms that are part of this installation, in the order above."""

    def __init__(self, items: Sequence[MenuItem]) -> None:
        self.items = items
        self.found: list[MenuItem] | None = None

    def __iter__(self) -> Iterator[MenuItem]:
        if self.found is None:
            self.found = [item for item in self.items if _exists(item.url_name)]
        return iter(self.found)


def _exists(url_name: str) -> bool:
    try:
        reverse(url_name)
    except NoReverseMatch:
        return False
    return True


MENU = _Present(ORDER)

"""The board of probations as a table."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import Account, scope
from cangke.foundation.sheets.public import Column, register_exporter

from .models import RegularizationFile


def _files(account: Account | None) -> QuerySet[RegularizationFile]:
    rows = (
        RegularizationFile.objects.all()
        if account is None
        else scope(account, RegularizationFile, "export")
    )
    return rows.select_related(
        "employee__post",
        "employee__team",
        "employee__department",
        "employee__superior",
        "version__template",
    ).order_by("ends_on", "pk")


register_exporter(
    "regularization",
    _("转正档案"),
    permission="regularization.export",
    needs_reason=True,
    columns=[
        Column("number", _("编号"), field="number"),
        Column("employee_number", _("工号"), value=lambda row: row.employee.number),
        Column("employee", _("姓名"), value=lambda row: row.employee.name),
        Column("post", _("岗位"), value=lambda row: row.employee.post.title),
        Column("department", _("部门"), value=lambda row: row.employee.department.name),
        Column("team", _("组"), value=lambda row: row.employee.team and row.employee.team.name),
        Column(
            "superior",
            _("直属上级"),
            value=lambda row: row.employee.superior and row.employee.superior.name,
        ),
        Column("begins_on", _("试用期起"), field="begins_on"),
        Column("ends_on", _("试用期至"), field="ends_on"),
        Column("extended", _("延长次数"), field="extended"),
        Column("template", _("转正流程"), value=lambda row: str(row.version)),
        Column("state", _("状态"), value=lambda row: row.get_state_display()),
        Column("submitted_at", _("提交时间"), value=lambda row: row.submitted_at),
        Column("is_late", _("逾期提交"), value=lambda row: _("是") if row.is_late else ""),
        Column("effective_on", _("转正生效日"), field="effective_on"),
        Column("closed_at", _("结束时间"), value=lambda row: row.closed_at),
    ],
    rows=_files,
)

"""Newcomers of the demonstration company: a draft, one on its way, one before the decision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from cangke.approvals import public as approvals
from cangke.foundation.access.public import Account
from cangke.people.public import Department

from . import actions
from .models import ProcessTemplate, RegularizationFile

DAY = dt.timedelta(days=1)


def load(accounts: Mapping[str, Account], at: dt.datetime) -> None:
    """Open the files of everybody on probation, and take three of them some of the way."""
    actions.sweep(at=at - 40 * DAY)
    _draft(_file(accounts["fenglin"]), at - 2 * DAY)
    _asked(_file(accounts["zhaomin"]), accounts, at - 4 * DAY)
    _before_the_decision(_file(accounts["songqian"]), accounts, at - 9 * DAY)
    actions.sweep(at=at - DAY)


def _file(account: Account) -> RegularizationFile:
    return RegularizationFile.objects.select_related("employee__account").get(
        employee__account=account
    )


def _draft(file: RegularizationFile, at: dt.datetime) -> None:
    actions.write_application(
        file_id=file.pk,
        by=_own(file),
        at=at,
        performance="前两个月在售前一组接待，主要回答尺寸、材质和发货时间。",
        achievements="",
        wish="希望按时转正。",
    )


def _own(file: RegularizationFile) -> Account:
    account = file.employee.account
    assert account is not None  # everybody here can sign in
    return account


def _asked(file: RegularizationFile, accounts: Mapping[str, Account], at: dt.datetime) -> None:
    """Variant three, evaluated, with the warehouse asked for its opinion."""
    v3 = ProcessTemplate.objects.get(key="v3")
    hr = accounts["wenjing"]
    actions.change_template(file_id=file.pk, template=v3, by=hr, at=at)
    actions.submit_application(
        file_id=file.pk,
        by=_own(file),
        at=at,
        performance="两个月处理退货换货 310 单，破损少发 64 单，每天平均接待 52 位客户。",
        achievements="第二个月起没有被客户投诉；整理了破损取证的话术，组里都在用。",
        wish="希望转为正式员工，今后想把海外仓的索赔流程也学会。",
        declared=True,
    )
    warehouse = Department.objects.get(code="warehouse")
    actions.ask_departments(
        file_id=file.pk, departments=[warehouse], by=accounts["zhouping"], at=at
    )
    ratings = {
        "performance": ("4", "退换货量在组里居中，差错少。"),
        "ability": ("4", "流程熟悉，海外仓索赔还要再练。"),
        "service": ("5", "遇到情绪激动的客户也能先安抚再解决。"),
        "attitude": ("5", "主动顶班，交代的事有回音。"),
        "teamwork": ("4", "常帮新同事查单。"),
        "communication": ("4", "表达清楚，偶尔啰嗦。"),
        "learning": ("5", "一个月内学会全部售后流程。"),
        "culture": ("4", "认同先解决问题再谈责任。"),
    }
    _decide(
        file,
        "evaluate",
        at + 2 * DAY,
        comment="首次响应前期偏慢，后来逐月变快。建议按时转正。",
        answers=_rated(ratings),
    )


def _before_the_decision(
    file: RegularizationFile, accounts: Mapping[str, Account], at: dt.datetime
) -> None:
    """The merged procedure up to the final decision."""
    actions.submit_application(
        file_id=file.pk,
        by=_own(file),
        at=at,
        performance="三个月接待售后会话 1,460 个，催单和补发都能独立处理。",
        achievements="上个月客户点名表扬 3 次。",
        self_evaluation="退换货、补发、赔付流程已经熟练；英文邮件还写得慢。",
        progress="第一个月备注常漏物流方式，被提醒后每单核对，上个月没有再错。",
        wish="希望转正，今后想往售后组长方向走。",
        declared=True,
    )
    same = {key: ("4", "符合要求。") for key in file.version.parsed.items}
    same |= {
        "recording": ("3", "第一个月漏记较多，后两个月改正了。"),
        "service": ("5", "耐心，客户点名表扬。"),
    }
    _decide(file, "evaluate", at + DAY, comment="同意转正。", answers=_rated(same))
    _decide(
        file,
        "interview",
        at + 2 * DAY,
        answers={
            "held_on": (at + 2 * DAY).date(),
            "feelings": "工作节奏能适应，大促时压力大，希望排班早一点出来。",
            "career": "先把英文售后做好，两年内争取带组。",
        },
    )
    _decide(file, "review", at + 4 * DAY, answers={"signed": "同意转正，继续带着做英文单。"})
    _decide(file, "hr", at + 7 * DAY, comment="资料齐全，前面各步意见一致。")


def _rated(ratings: Mapping[str, tuple[str, str]]) -> dict[str, object]:
    answers: dict[str, object] = {}
    for key, (rating, words) in ratings.items():
        answers[key], answers[f"{key}_words"] = rating, words
    return answers


def _decide(
    file: RegularizationFile,
    step: str,
    at: dt.datetime,
    *,
    comment: str = "",
    answers: Mapping[str, object] | None = None,
) -> None:
    """Let whoever sits in the step agree."""
    file.refresh_from_db()
    case = file.case
    assert case is not None  # it was handed in
    case.refresh_from_db()
    task = case.tasks.select_related("account").filter(state="open", step=step).first()
    assert task is not None  # the step is on
    approvals.decide(
        task_id=task.pk,
        action="approve",
        by=task.account,
        at=at,
        seen=case.fingerprint,
        comment=comment,
        answers=answers or {},
    )

"""A personnel clerk sets up a department from its own manual, by the manual of ours."""

import datetime as dt
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from cangke.people.models import Department, Employee, Headcount, Post, Team
from cangke.regularization import actions
from cangke.regularization.models import ProcessTemplate, RegularizationFile
from cangke.regularization.tests.factories import make_ladder
from cangke.regularization.tests.test_pages import _rows
from tests.factories import client_for

pytestmark = pytest.mark.django_db
MANUAL = Path(__file__).parents[4] / "docs" / "manual" / "zh" / "set-up-a-department.md"


class Clerk:
    """The clerk at the browser: each label the manual quotes stands on the page it names."""

    def __init__(self, account) -> None:
        self.client = client_for(account)
        self.manual = MANUAL.read_text(encoding="utf-8")

    def read(self, address: str, *args, labels=()) -> str:
        shown = self.client.get(reverse(address, args=args)).content.decode()
        for label in labels:
            assert label in self.manual, label
            assert label in shown, (address, label)
        return shown

    def send(self, address: str, *args, **data) -> None:
        answer = self.client.post(reverse(address, args=args), data)
        assert answer.status_code == 302, answer.content.decode()[:3000]


def test_a_department_is_set_up_from_its_own_manual(django_capture_on_commit_callbacks):
    ladder = make_ladder()
    site = ladder.employees["agent"].site
    clerk = Clerk(ladder.hr)
    reception = Post.objects.get_or_create(
        code="marketing-reception",
        defaults={"name": "营销中心接待客服", "family": "service", "role": "agent"},
    )[0]

    # 1–2 the department, without what it does not use, and its team
    clerk.read("people:units", "departments", labels=["新建部门"])
    clerk.read(
        "people:unit-new", "departments", labels=["营销中心客服", "关闭的功能", "仓库", "结算"]
    )
    clerk.send(
        "people:unit-new", "departments", code="mkt-cs", name="营销中心客服部",
        kind="marketing_centre", features_off=["warehouse", "billing"],
    )  # fmt: skip
    department = Department.objects.get(code="mkt-cs")
    clerk.read("people:units", "teams", labels=["新建组"])
    clerk.send("people:unit-new", "teams", code="mkt-1", name="接待组", department=department.pk,
               site=site.pk)  # fmt: skip
    team = Team.objects.get(code="mkt-1")

    # 3 the job description, filled in and printed
    clerk.read("people:post", reception.pk, labels=["编写说明书"])
    clerk.read("people:post-describe", reception.pk, labels=["薪资标准"])
    clerk.send(
        "people:post-describe", reception.pk, title="营销中心接待客服", dated="2026-06-01",
        currency="CNY", headcount="5", w_duties="接待客户\n登记来访", education="college",
    )  # fmt: skip
    clerk.read("people:post", reception.pk, labels=["打印"])
    assert "登记来访" in clerk.read("people:post-print", reception.pk)

    # 4 the headcount
    clerk.read("people:chart", labels=["编制", "汇报关系"])
    clerk.send("people:headcount", department=department.pk, team=team.pk, post=reception.pk,
               planned=5)  # fmt: skip
    assert Headcount.objects.get().planned == 5
    assert "缺 5" in clerk.read("people:chart")

    # 5 the company's own way to regularize
    v5 = ProcessTemplate.objects.get(key="v5")
    clerk.read("regularization:template", v5.pk, labels=["复制"])
    clerk.send("regularization:template-copy", v5.pk, key="mkt", name="营销中心转正办法")
    ours = ProcessTemplate.objects.get(key="mkt")
    clerk.read("regularization:template", ours.pk, labels=["修改步骤", "修改条件", "发布"])
    steps = clerk.client.get(reverse("regularization:template-steps", args=[ours.pk]))
    changed = _rows(steps.context["rows"])
    changed["s-1-days"] = "2"
    clerk.send("regularization:template-steps", ours.pk, **changed)
    shown = clerk.client.get(reverse("regularization:template-criteria", args=[ours.pk]))
    for label in ("有记录可查", "由上级评分", "权重", "只作参考"):
        assert label in clerk.manual
        assert label in shown.content.decode(), label
    clerk.send("regularization:template-criteria", ours.pk, **_rows(shown.context["rows"]))
    clerk.send("regularization:template-publish", ours.pk)
    clerk.read("regularization:template", ours.pk, labels=["用于部门"])
    clerk.send("regularization:template-use", ours.pk, departments=[department.pk])

    # 7 hiring: the file is there by itself, under the department's own procedure
    clerk.read("people:list", labels=["办理入职"])
    today = timezone.localdate()
    with django_capture_on_commit_callbacks(execute=True):
        clerk.send(
            "people:new", name="接待一", employed_from=str(today), department=department.pk,
            team=team.pk, post=reception.pk, site=site.pk, languages=["zh-hans"],
            username="jiedai1",
        )  # fmt: skip
    actions.sweep(at=timezone.now())
    newcomer = Employee.objects.get(name="接待一")
    file = RegularizationFile.objects.get(employee=newcomer)
    assert file.version.template == ours
    assert (file.begins_on, file.ends_on) == (today, newcomer.probation_until)
    assert file.ends_on > today + dt.timedelta(days=80)
    clerk.read("people:detail", newcomer.pk, labels=["转正", "登记合同", "任职对照", "六项能力"])
    assert "缺 4" in clerk.read("people:chart")
    assert "接待一" in clerk.read("regularization:list")

    # the numbers of the rulebook are the general manager's to change
    assert "N3" in clerk.manual
    assert clerk.client.get(reverse("rulebook:book")).status_code == 200

    # 8 leaving: what is in hand stands in a list
    clerk.read("people:detail", newcomer.pk, labels=["工作交接"])
    assert clerk.client.get(reverse("people:handover", args=[newcomer.pk])).status_code == 200

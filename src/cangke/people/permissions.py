from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import (
    LEADING,
    STAFF,
    Account,
    Roles,
    classify,
    gate,
    mask_email,
    mask_phone,
    permission,
    scope,
)
from cangke.foundation.audit.public import name_acts, name_facts, page_of
from cangke.foundation.files.public import StoredFile, register_access

from .models import (
    AbilityRating,
    Brand,
    Contract,
    Department,
    DisclosureEvidence,
    Employee,
    EmployeeTerm,
    Handover,
    Headcount,
    JobDescription,
    Post,
    Qualification,
    SalesTarget,
    Shop,
    Site,
    Team,
)

CHART = permission("people.chart", _("查看组织、组与店铺"), roles=STAFF)
VIEW = permission(
    "people.view",
    _("查看员工档案"),
    roles=[*LEADING, Roles.HR, Roles.MANAGER, Roles.WAREHOUSE_SUPERVISOR],
)
MANAGE = permission("people.manage", _("入职、调动、停职与离职"), roles=[Roles.HR])
CONTRACTS = permission(
    "people.contracts", _("查看与登记合同、薪资约定"), roles=[Roles.HR, Roles.MANAGER]
)
EVIDENCE = permission("people.evidence", _("提取员工的访问记录作证据"), roles=[Roles.MANAGER])
RATE = permission(
    "people.rate",
    _("评价能力、登记任职资格"),
    roles=[*LEADING, Roles.HR, Roles.WAREHOUSE_SUPERVISOR],
)
ORGANISE = permission(
    "people.organise", _("维护部门、组、店铺与岗位"), roles=[Roles.HR, Roles.MANAGER]
)


def _all(account: Any, ids: Any) -> Q:
    """The organisation itself is seen whole, whatever reach the permission has."""
    return Q(pk__isnull=False)


WHOLE = {"self": _all, "team": _all, "department": _all, "shop": _all, "warehouse": _all}
for model in (Site, Department, Team, Brand, Shop, Post, Headcount, JobDescription, SalesTarget):
    gate(model, permissions={"view": CHART, "change": ORGANISE}, paths=WHOLE)

gate(
    Employee,
    permissions={"view": VIEW, "change": MANAGE, "rate": RATE, "evidence": EVIDENCE},
    paths={"self": "account_id", "team": "team_id", "department": "department_id"},
)
gate(
    EmployeeTerm,
    permissions={"view": VIEW, "change": MANAGE},
    paths={
        "self": "employee__account_id",
        "team": "employee__team_id",
        "department": "employee__department_id",
    },
)
OF_EMPLOYEE = {
    "self": "employee__account_id",
    "team": "employee__team_id",
    "department": "employee__department_id",
}
gate(Contract, permissions={"view": CONTRACTS, "change": CONTRACTS}, paths=OF_EMPLOYEE)


def may_read_scan(account: Any, file: Any, request: Any) -> bool:
    """A scan is opened by the person themselves and by whoever may see their contracts."""
    if not isinstance(account, Account):
        return False
    if Contract.objects.filter(scan=file, employee__account=account).exists():
        return True
    return scope(account, Contract, "view").filter(scan=file).exists()


register_access("people.contract", may_read_scan)
gate(DisclosureEvidence, permissions={"view": EVIDENCE}, paths=OF_EMPLOYEE)
gate(Handover, permissions={"view": VIEW, "change": RATE}, paths=OF_EMPLOYEE)
gate(AbilityRating, permissions={"view": VIEW, "change": RATE}, paths=OF_EMPLOYEE)
gate(
    Qualification,
    permissions={"view": VIEW, "change": RATE},
    paths={
        "self": "employee__account_id",
        "team": "employee__team_id",
        "department": "employee__department_id",
    },
)
classify(Site, internal=["code", "name", "zone", "country", "currency"])
classify(Department, internal=["code", "name", "kind", "parent", "head", "features_off"])
classify(Team, internal=["code", "name", "department", "site", "leader", "duty_tags"])
classify(Brand, public=["name"], internal=["code"])
classify(
    Shop,
    public=["name"],
    internal=["code", "brand", "marketplace", "site", "state", "launch_date", "language", "colour"],
)
classify(Post, internal=["code", "name", "name_en", "family", "role", "reach", "stage"])
classify(SalesTarget, internal=["post", "month", "amount", "currency", "by", "created_at"])
classify(Headcount, internal=["department", "team", "post", "planned"])
classify(
    Employee,
    public=["name", "english_name"],
    internal=[
        "number",
        "department",
        "team",
        "post",
        "site",
        "superior",
        "languages",
        "skills",
        "status",
        "employed_from",
        "employed_to",
        "probation_until",
    ],
    personal={"phone": mask_phone, "email": mask_email},
)
classify(
    JobDescription,
    internal=[
        "post",
        "version",
        "dated",
        "title",
        "title_en",
        "headcount",
        "department",
        "number",
        "grade",
        "salary_from",
        "salary_to",
        "currency",
        "superior",
        "rotation",
        "promotion",
        "span_direct",
        "span_indirect",
        "education",
        "major",
        "major_demand",
        "experience_years",
        "experience_demand",
        "skills",
        "languages",
        "qualities",
        "shows_age",
        "age",
        "words",
        "words_en",
        "by",
        "created_at",
    ],
)
classify(AbilityRating, internal=["employee", "month", "ability", "score", "note", "by", "at"])
classify(
    DisclosureEvidence,
    internal=[
        "employee",
        "first_date",
        "last_date",
        "entries",
        "file",
        "digest",
        "reason",
        "by",
        "at",
    ],
)
classify(Handover, internal=["employee", "to", "items", "reason", "by", "at"])
classify(
    Contract,
    internal=[
        "employee",
        "scan",
        "number",
        "kind",
        "from_date",
        "to_date",
        "note",
        "recorded_by",
        "recorded_at",
        "voided_at",
        "void_reason",
    ],
)
classify(
    Qualification,
    internal=[
        "employee",
        "education",
        "major",
        "has_major",
        "experience_years",
        "certificates",
        "qualities",
    ],
)
classify(
    EmployeeTerm,
    internal=[
        "from_date",
        "to_date",
        "department",
        "team",
        "post",
        "site",
        "superior",
        "status",
        "resumes_as",
        "reason",
        "pay_scheme",
        "benefits",
        "recorded_by",
        "recorded_at",
    ],
)
page_of(Employee, "people:detail")
page_of(Post, "people:post")
name_acts(
    {
        "people.hired": _("入职"),
        "people.terms_changed": _("变更任职"),
        "people.edited": _("修改员工"),
        "people.plans_dropped": _("撤销未生效的变更"),
        "people.posts_loaded": _("载入岗位目录"),
        "people.post_described": _("编写岗位说明书"),
        "people.sales_target_set": _("定销售目标"),
        "people.qualified": _("登记任职资格"),
        "people.abilities_rated": _("评价能力"),
        "people.evidence_saved": _("提取访问记录"),
        "people.handed_over": _("交接工作"),
        "people.contract_added": _("登记合同"),
        "people.contract_voided": _("作废合同"),
        "people.site_saved": _("保存站点"),
        "people.department_saved": _("保存部门"),
        "people.brand_saved": _("保存品牌"),
        "people.shop_saved": _("保存店铺"),
        "people.team_saved": _("保存组"),
        "people.team_shops_set": _("指定组的店铺"),
        "people.post_saved": _("保存岗位"),
        "people.headcount_set": _("设定编制"),
    }
)
name_facts(
    "people",
    {
        "from": _("生效日"),
        "planned": _("编制人数"),
        "contract": _("合同编号"),
        "until": _("到期日"),
        "to": _("接手人"),
        "entries": _("条数"),
        "digest": _("摘要"),
        "pieces": _("件数"),
        "month": _("月份"),
        "scores": _("评分"),
        "shops": _("店铺"),
        "fields": _("字段"),
        "days": _("日期"),
        "department_id": _("部门"),
        "team_id": _("组"),
        "post_id": _("岗位"),
        "site_id": _("站点"),
        "superior_id": _("直属上级"),
    },
)


def _may_read(account: Any, file: StoredFile, request: HttpRequest) -> bool:
    """Evidence is handed out to those who may take it, within their reach."""
    if not account.is_authenticated:
        return False
    return scope(account, DisclosureEvidence, "view").filter(file=file).exists()


register_access("people.evidence", _may_read)

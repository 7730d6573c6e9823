"""The forms of regularization."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from cangke.approvals.public import Field, FieldKind, Mode
from cangke.foundation.ui.public import DateInput, SearchSelectMultiple
from cangke.foundation.wording import in_english
from cangke.people.public import Department

from . import rules, wording
from .measures import MEASURES
from .models import ProcessTemplate, RegularizationFile

RATINGS = [
    ("5", gettext_lazy("优秀")),
    ("4", gettext_lazy("良好")),
    ("3", gettext_lazy("合格")),
    ("2", gettext_lazy("需改进")),
    ("1", gettext_lazy("不合格")),
]


SHORT = {"pay_scheme": 200, "benefits": 400}
# which answers of a final decision belong to which result
PARTS = {
    "effective_on": "pass",
    "pay_scheme": "pass",
    "benefits": "pass",
    "overrule": "pass",
    "months": "extend",
}


class ApplicationForm(forms.Form):
    """The application of the employee; the template says whether it asks for a self-evaluation."""

    performance = forms.CharField(
        label=gettext_lazy("工作表现"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("试用期做了哪些工作，完成得怎么样。提交前必填。"),
    )
    achievements = forms.CharField(
        label=gettext_lazy("主要成绩"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    self_evaluation = forms.CharField(
        label=gettext_lazy("自我评价"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("做得好的和还不够的，请如实写。提交前必填。"),
    )
    progress = forms.CharField(
        label=gettext_lazy("进步与不足"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    wish = forms.CharField(
        label=gettext_lazy("转正意愿与今后打算"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("提交前必填。"),
    )
    declared = forms.BooleanField(label=gettext_lazy("以上内容由本人如实填写"), required=False)

    def __init__(self, data: Any = None, *, file: RegularizationFile):
        names = ("performance", "achievements", "self_evaluation", "progress", "wish", "declared")
        super().__init__(data, initial={name: getattr(file, name) for name in names})
        if not file.version.parsed.self_evaluation:
            del self.fields["self_evaluation"], self.fields["progress"]


def _field(each: Field, label: str, english: bool) -> forms.Field:
    if each.kind == FieldKind.RATING:
        words = [("", "—"), *((key, f"{key} {text}") for key, text in RATINGS)]
        return forms.ChoiceField(label=label, required=False, choices=words)
    if each.kind == FieldKind.CHOICE:
        words = [("", "—"), *((one, each.said(one, english=english)) for one in each.choices)]
        return forms.ChoiceField(label=label, required=False, choices=words)
    if each.kind == FieldKind.DATE:
        return forms.DateField(label=label, required=False, widget=DateInput())
    if each.key in SHORT:
        return forms.CharField(label=label, required=False, max_length=SHORT[each.key])
    return forms.CharField(
        label=label, required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )


@dataclass(frozen=True)
class RatedRow:
    """One item to rate: what to look at, the rating, the words."""

    label: str
    hint: str
    rating: BoundField
    words: BoundField


class DecideForm(forms.Form):
    """Somebody's part in a step: its own questions, then their words."""

    def __init__(
        self,
        *args: Any,
        step: rules.Step,
        fields: Sequence[Field],
        back: Sequence[tuple[str, str]],
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        self.step = step
        self.asked = list(fields)
        language, english = get_language() or "", in_english()
        for each in fields:
            if each.key == "outcome":
                continue
            label = each.label_in(language)
            self.fields[f"answer_{each.key}"] = _field(each, label, english)
        self.fields["comment"] = forms.CharField(
            label=_("意见"),
            required=False,
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text=_("不同意或退回时必填，申请人会看到。"),
        )
        if back:
            self.fields["back_to"] = forms.ChoiceField(
                label=_("退回到"),
                required=False,
                choices=[("", _("申请人")), *back],
                help_text=_("只在退回时使用。"),
            )

    def ask_all(self) -> None:
        """Mark everything that is needed to agree and was left empty, not only the first."""
        for each in self.asked:
            name = f"answer_{each.key}"
            if each.required and name in self.fields and not self.cleaned_data.get(name):
                self.add_error(name, _("请填写。"))

    def answers(self) -> dict[str, Any]:
        """The answers to the step's questions, by their keys."""
        return {each.key: self.cleaned_data.get(f"answer_{each.key}") for each in self.asked}

    def rated(self) -> Iterator[RatedRow]:
        """The items of an evaluation, each with its words."""
        for each in self.asked:
            if each.kind == FieldKind.RATING:
                yield RatedRow(
                    wording.item_words(each.key),
                    _(rules.ITEMS[each.key].hint),
                    self[f"answer_{each.key}"],
                    self[f"answer_{each.key}_words"],
                )

    def others(self) -> list[tuple[BoundField, str]]:
        """What is asked beside ratings, each with the result it belongs to, if to one only."""
        keys = {each.key for each in self.asked if each.kind == FieldKind.RATING}
        skipped = {f"answer_{key}" for key in keys} | {f"answer_{key}_words" for key in keys}
        return [
            (self[name], PARTS.get(name.removeprefix("answer_"), ""))
            for name in self.fields
            if name not in skipped
        ]


class AskForm(forms.Form):
    departments = forms.ModelMultipleChoiceField(
        label=gettext_lazy("征求意见的部门"),
        queryset=Department.objects.none(),
        required=False,
        widget=SearchSelectMultiple(),
        help_text=gettext_lazy(
            "只选工作中有来往的部门，由各部门负责人同时答复；不选就跳过这一步。"
        ),
    )

    def __init__(self, data: Any = None, *, file: RegularizationFile):
        super().__init__(data, initial={"departments": file.asked.all()})
        others = Department.objects.exclude(pk=file.employee.department_id)
        self.fields["departments"].queryset = others  # type: ignore[attr-defined]  # a choice field


class MoveForm(forms.Form):
    template = forms.ModelChoiceField(
        label=gettext_lazy("转正流程"), queryset=ProcessTemplate.objects.none()
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        published = ProcessTemplate.objects.filter(versions__state="published")
        self.fields["template"].queryset = published  # type: ignore[attr-defined]  # a choice field


class PeriodForm(forms.Form):
    ends_on = forms.DateField(
        label=gettext_lazy("试用期至"),
        widget=DateInput(),
        help_text=gettext_lazy("最后一天，含当天。延长试用请走审批。"),
    )
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=200)


class CopyForm(forms.Form):
    key = forms.SlugField(
        label=gettext_lazy("代码"),
        max_length=40,
        help_text=gettext_lazy("小写字母、数字和连字符，以后不改。"),
    )
    name = forms.CharField(label=gettext_lazy("名称"), max_length=60)
    name_en = forms.CharField(label=gettext_lazy("英文名称"), max_length=60, required=False)


class TemplateForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("名称"), max_length=60)
    name_en = forms.CharField(label=gettext_lazy("英文名称"), max_length=60, required=False)
    note = forms.CharField(label=gettext_lazy("说明"), max_length=200, required=False)
    text = forms.CharField(
        label=gettext_lazy("步骤与条件（TOML）"),
        widget=forms.Textarea(
            attrs={"rows": 28, "class": "ck-input ck-mono", "spellcheck": "false"}
        ),
        strip=False,
        help_text=gettext_lazy(
            "每个 [[step]] 一步，每个 [[criterion]] 一个条件；stage 相同的步骤同时进行。"
        ),
    )


class UseForm(forms.Form):
    departments = forms.ModelMultipleChoiceField(
        label=gettext_lazy("用于部门"),
        queryset=Department.objects.all(),
        required=False,
        widget=SearchSelectMultiple(),
        help_text=gettext_lazy("也用于其下级部门，除非下级另有指定。"),
    )
    is_default = forms.BooleanField(
        label=gettext_lazy("没有另外指定的部门都用这个流程"), required=False
    )


SEATS = [
    ("manager:1", gettext_lazy("直属上级")),
    ("manager:2", gettext_lazy("上级的上级")),
    ("head", gettext_lazy("部门负责人")),
    ("role:hr", gettext_lazy("人事")),
    ("role:hr@site", gettext_lazy("本站点的人事")),
    ("role:supervisor@department", gettext_lazy("本部门的客服主管")),
    ("role:manager", gettext_lazy("总经理")),
    ("authority:regularization", gettext_lazy("按审批权限表")),
    ("chosen", gettext_lazy("征求意见的部门负责人")),
]


def step_kinds() -> list[tuple[str, Any]]:
    return [("", "—"), *((str(kind), words) for kind, words in wording.KINDS.items())]


class StepForm(forms.Form):
    """One step of a draft; its key stays what it is, a new one gets one from its kind."""

    key = forms.CharField(required=False, widget=forms.HiddenInput())
    stage = forms.IntegerField(label=gettext_lazy("次序"), min_value=1, max_value=99)
    kind = forms.ChoiceField(label=gettext_lazy("类别"), choices=step_kinds)
    name = forms.CharField(label=gettext_lazy("名称"), max_length=60)
    name_en = forms.CharField(label=gettext_lazy("英文名称"), max_length=60, required=False)
    who = forms.MultipleChoiceField(
        label=gettext_lazy("由谁处理"), required=False, widget=SearchSelectMultiple()
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("多人时"),
        choices=[
            ("any", gettext_lazy("任一人同意即可")),
            ("all", gettext_lazy("全部同意")),
            ("sequence", gettext_lazy("依次同意")),
        ],
        required=False,
    )
    days = forms.IntegerField(
        label=gettext_lazy("天数"), min_value=1, max_value=365, required=False
    )
    optional = forms.BooleanField(label=gettext_lazy("可选"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        known = dict(SEATS)
        own = [each for each in self.initial.get("who", []) if each not in known]
        self.fields["who"].choices = [*SEATS, *((each, each) for each in own)]  # type: ignore[attr-defined]  # a choice field

    def has_changed(self) -> bool:
        """A new row without a name is none."""
        return not self.empty_permitted or bool(self.data.get(self.add_prefix("name"), "").strip())


def body_of(rows: forms.BaseFormSet[Any], old: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a draft with the steps of the form; items and criteria stay as they were."""
    before = {row["key"]: row for row in old.get("step", [])}
    kept = [
        each.cleaned_data
        for each in rows.forms
        if each.cleaned_data and not each.cleaned_data.get("DELETE")
    ]
    steps: list[dict[str, Any]] = []
    taken = {row["key"] for row in kept if row["key"] in before}
    for row in sorted(kept, key=lambda row: row["stage"]):
        key = row["key"] if row["key"] in before else _free(row["kind"], taken)
        taken.add(key)
        step = {name: row[name] for name in ("kind", "name", "name_en", "stage")}
        step = {"key": key, **step}
        if row["who"]:
            step["who"] = row["who"]
        if len(row["who"]) > 1 and row["kind"] != rules.Kind.OPINIONS and row["mode"]:
            step["mode"] = row["mode"]
        if row["days"]:
            step["days"] = row["days"]
        if row["optional"]:
            step["required"] = False
        if row["kind"] == rules.Kind.EVALUATE and before.get(key, {}).get("items"):
            step["items"] = before[key]["items"]
        steps.append(step)
    return {**old, "step": steps}


def _free(kind: str, taken: set[str]) -> str:
    """A key that no step has: the kind, or the kind with a number."""
    return next(key for key in (kind, *(f"{kind}_{n}" for n in range(2, 99))) if key not in taken)


StepSet = forms.formset_factory(StepForm, extra=1, can_delete=True, max_num=20, absolute_max=40)


def steps_of(template: rules.Template) -> list[dict[str, Any]]:
    """The steps as the rows of the form begin."""
    return [
        {
            "key": step.key,
            "stage": step.stage,
            "kind": str(step.kind),
            "name": step.name,
            "name_en": step.name_en,
            "who": list(step.who),
            "mode": "any" if step.mode == Mode.OPINION else str(step.mode),
            "days": step.days,
            "optional": not step.required,
        }
        for step in template.steps
    ]


def measure_choices() -> list[tuple[str, str]]:
    return [(key, wording.measure_words(key)) for key in MEASURES]


def item_choices() -> list[tuple[str, str]]:
    return [("", "—"), *((key, wording.item_words(key)) for key in rules.ITEMS)]


class CriterionForm(forms.Form):
    """
    One criterion of a draft; its key stays what it is, a new one gets one from what it looks at.

    A measure that is held to a number has a field for the template's own; left empty, the
    rulebook's holds.
    """

    key = forms.CharField(required=False, widget=forms.HiddenInput())
    code = forms.CharField(label=gettext_lazy("编号"), max_length=12, required=False)
    name = forms.CharField(label=gettext_lazy("条件"), max_length=60)
    name_en = forms.CharField(label=gettext_lazy("英文名称"), max_length=60, required=False)
    measures = forms.MultipleChoiceField(
        label=gettext_lazy("有记录可查"),
        choices=measure_choices,
        required=False,
        widget=SearchSelectMultiple(),
    )
    item = forms.ChoiceField(label=gettext_lazy("由上级评分"), choices=item_choices, required=False)
    weight = forms.IntegerField(
        label=gettext_lazy("权重"), min_value=1, max_value=100, initial=1, required=False
    )
    advisory = forms.BooleanField(label=gettext_lazy("只作参考"), required=False)

    def __init__(self, *args: Any, standard: rules.CriteriaPolicy, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.bounds: list[str] = []
        for key in self.initial.get("measures", []):
            known = MEASURES[key]
            if not known.threshold:
                continue
            usual = Decimal(getattr(standard, known.threshold))
            self.bounds.append(f"bound_{key}")
            self.fields[f"bound_{key}"] = forms.DecimalField(
                label=wording.measure_words(key),
                required=False,
                min_value=Decimal(0),
                max_value=Decimal(1_000_000),
                max_digits=10,
                decimal_places=2,
                initial=self.initial.get("thresholds", {}).get(key),
                help_text=_("制度：%s") % wording.bound_words(key, usual),
            )

    @property
    def bound_rows(self) -> list[BoundField]:
        return [self[name] for name in self.bounds]

    def has_changed(self) -> bool:
        """A new row without a name is none."""
        return not self.empty_permitted or bool(self.data.get(self.add_prefix("name"), "").strip())

    def thresholds(self) -> dict[str, str]:
        """The own thresholds of the measures that are still looked at, as text."""
        found = {}
        for key in self.cleaned_data["measures"]:
            value = self.cleaned_data.get(f"bound_{key}")
            if value is not None:
                found[key] = f"{value.normalize():f}"
        return found


CriterionSet = forms.formset_factory(
    CriterionForm, extra=1, can_delete=True, max_num=40, absolute_max=60
)


def criteria_of(template: rules.Template) -> list[dict[str, Any]]:
    """The criteria as the rows of the form begin."""
    return [
        {
            "key": each.key,
            "code": each.code,
            "name": each.name,
            "name_en": each.name_en,
            "measures": list(each.measures),
            "item": each.item,
            "weight": each.weight,
            "advisory": not each.required,
            "thresholds": dict(each.thresholds),
        }
        for each in template.criteria
    ]


def body_with_criteria(rows: forms.BaseFormSet[Any], old: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a draft with the criteria of the form; the steps stay as they were."""
    before = {row["key"] for row in old.get("criterion", [])}
    kept = [
        each for each in rows.forms if each.cleaned_data and not each.cleaned_data.get("DELETE")
    ]
    taken = {each.cleaned_data["key"] for each in kept if each.cleaned_data["key"] in before}
    criteria: list[dict[str, Any]] = []
    for each in kept:
        row = each.cleaned_data
        wanted = row["item"] or next(iter(row["measures"]), "criterion")
        key = row["key"] if row["key"] in before else _free(wanted, taken)
        taken.add(key)
        made: dict[str, Any] = {"key": key, "name": row["name"]}
        for name in ("code", "name_en", "item"):
            if row[name]:
                made[name] = row[name]
        if row["measures"]:
            made["measures"] = row["measures"]
        if row["advisory"]:
            made["required"] = False
        if row["weight"] and row["weight"] != 1:
            made["weight"] = row["weight"]
        if each.thresholds():
            made["thresholds"] = each.thresholds()
        criteria.append(made)
    return {**old, "criterion": criteria}

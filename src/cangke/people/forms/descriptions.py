"""The form of a job description, and of what somebody brings to it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.foundation.money.public import currency_choices
from cangke.foundation.ui.public import DateInput, SearchSelectMultiple

from .. import rules, wording
from ..models import Employee, JobDescription, Post, Qualification
from .organisation import WordsField

HEAD = (
    "title", "title_en", "dated", "department", "headcount", "number", "grade", "salary_from",
    "salary_to", "currency", "superior", "span_direct", "span_indirect", "rotation", "promotion",
)  # fmt: skip
DEMANDS = (
    "education", "major", "major_demand", "experience_years", "experience_demand", "skills",
    "languages", "qualities", "shows_age", "age",
)  # fmt: skip


def _other_posts() -> list[tuple[str, str]]:
    return [(post.code, post.title) for post in Post.objects.order_by("family", "pk")]


class DescriptionForm(forms.ModelForm):
    """A version of a job description; the written parts once in Chinese, once in English."""

    dated = forms.DateField(label=gettext_lazy("编制日期"), widget=DateInput())
    currency = forms.ChoiceField(label=gettext_lazy("币种"), choices=currency_choices)
    rotation = forms.MultipleChoiceField(
        label=gettext_lazy("可轮调岗位"),
        choices=_other_posts,
        widget=SearchSelectMultiple(),
        required=False,
    )
    promotion = forms.MultipleChoiceField(
        label=gettext_lazy("可晋升岗位"),
        choices=_other_posts,
        widget=SearchSelectMultiple(),
        required=False,
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("语言"),
        choices=wording.LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    skills = WordsField(
        label=gettext_lazy("知识技能"),
        required=False,
        max_length=600,
        help_text=gettext_lazy("用逗号分开，例如：办公软件，仓储系统"),
    )
    qualities = WordsField(label=gettext_lazy("素质"), required=False, max_length=600)

    class Meta:
        model = JobDescription
        fields = (*HEAD, *DEMANDS)
        help_texts = {
            "shows_age": gettext_lazy("按年龄挑人可能违反当地的反歧视法规，默认不显示、不打印。"),
            "headcount": gettext_lazy("留空则按编制合计。"),
        }

    def __init__(self, *args: Any, post: Post, before: JobDescription | None, **kwargs: Any):
        initial: dict[str, Any] = {
            "title": post.name,
            "title_en": post.name_en,
            "superior": post.reports_to_id,
            "currency": "CNY",
        }
        if before is not None:
            initial = {name: getattr(before, name) for name in (*HEAD, *DEMANDS)}
            initial["department"], initial["superior"] = before.department_id, before.superior_id
        initial["dated"] = timezone.localdate()
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        for key in rules.WORDS:
            for prefix, kept in (("w", "words"), ("e", "words_en")):
                self.fields[f"{prefix}_{key}"] = forms.CharField(
                    label=wording.WORD_LABELS[key],
                    max_length=4000,
                    required=False,
                    initial=(getattr(before, kept) if before else {}).get(key, ""),
                    widget=forms.Textarea(
                        attrs={"rows": 2, "data-ck-grow": "", "class": "is-wide"}
                    ),
                )

    @property
    def head_rows(self) -> list[forms.BoundField]:
        return [self[name] for name in HEAD]

    @property
    def demand_rows(self) -> list[forms.BoundField]:
        return [self[name] for name in DEMANDS]

    @property
    def word_rows(self) -> list[forms.BoundField]:
        return [self[f"w_{key}"] for key in rules.WORDS]

    @property
    def english_rows(self) -> list[forms.BoundField]:
        return [self[f"e_{key}"] for key in rules.WORDS]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        low, high = values.get("salary_from"), values.get("salary_to")
        if low is not None and high is not None and high < low:
            self.add_error("salary_to", _("薪资上限不能低于下限。"))
        if not any(str(values.get(f"w_{key}", "")).strip() for key in rules.WORDS):
            self.add_error("w_duties", _("请至少写明岗位职责。"))
        for prefix, kept in (("w", "words"), ("e", "words_en")):
            found = {key: values.pop(f"{prefix}_{key}", "").strip() for key in rules.WORDS}
            values[kept] = {key: text for key, text in found.items() if text}
        return values


class QualificationForm(forms.ModelForm):
    """What is known about somebody: papers, years, languages, what a superior vouches for."""

    languages = forms.MultipleChoiceField(
        label=gettext_lazy("语言"),
        choices=wording.LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    skills = WordsField(label=gettext_lazy("技能"), required=False, max_length=600)
    certificates = WordsField(label=gettext_lazy("证书"), required=False, max_length=600)
    qualities = forms.MultipleChoiceField(
        label=gettext_lazy("已认可的素质"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("岗位说明书要求的素质里，上级认可具备的。"),
    )
    field_order = (
        "education", "major", "has_major", "experience_years", "skills", "certificates",
        "languages", "qualities",
    )  # fmt: skip

    class Meta:
        model = Qualification
        fields = ("education", "major", "has_major", "experience_years", "certificates")

    def __init__(self, *args: Any, employee: Employee, demanded: list[str], **kwargs: Any) -> None:
        row = kwargs.get("instance")
        known = list(row.qualities) if row is not None and row.pk else []
        super().__init__(*args, **kwargs)
        offered = list(dict.fromkeys([*demanded, *known]))
        field = self.fields["qualities"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(word, word) for word in offered]
        self.initial["qualities"] = known
        self.initial["languages"] = employee.languages
        self.initial["skills"] = employee.skills

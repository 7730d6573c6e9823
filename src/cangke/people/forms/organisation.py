from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import ROLE_NAMES, Account, Grant, Roles
from cangke.foundation.money.public import currency_choices
from cangke.foundation.ui.public import DateInput, KeepsMasked, SearchSelect
from cangke.foundation.wording import listed

from .. import models
from ..models import (
    Brand,
    Department,
    Employee,
    Post,
    Shop,
    Site,
    Team,
)
from ..wording import LANGUAGES


class WordsField(forms.CharField):
    """Several words as one line, separated by commas of either width."""

    def prepare_value(self, value: Any) -> Any:
        return listed(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        text = (super().clean(value) or "").replace(",", "，").replace("、", "，")
        words = [word.strip()[:40] for word in text.split("，")]
        return list(dict.fromkeys(word for word in words if word))[:30]


class PlaceForm(forms.Form):
    """Where somebody works and under whom."""

    department = forms.ModelChoiceField(label=_("部门"), queryset=Department.objects.all())
    team = forms.ModelChoiceField(
        label=_("组"),
        queryset=Team.objects.select_related("department"),
        required=False,
    )
    post = forms.ModelChoiceField(label=_("岗位"), queryset=Post.objects.all())
    site = forms.ModelChoiceField(label=_("站点"), queryset=Site.objects.all())
    superior = forms.ModelChoiceField(
        label=_("直属上级"),
        queryset=Employee.objects.employed(),
        required=False,
        help_text=_("留空则由组长或部门负责人担任。"),
    )


class HireForm(PlaceForm):
    name = forms.CharField(label=_("姓名"), max_length=60)
    english_name = forms.CharField(label=_("英文名"), max_length=60, required=False)
    number = forms.CharField(
        label=_("工号"), max_length=20, required=False, help_text=_("留空由系统编号。")
    )
    employed_from = forms.DateField(label=_("入职日"), widget=DateInput())
    probation_until = forms.DateField(label=_("试用期至"), widget=DateInput(), required=False)
    languages = forms.MultipleChoiceField(
        label=_("语言"),
        choices=LANGUAGES,
        initial=["zh-hans"],
        widget=forms.CheckboxSelectMultiple,
    )
    skills = WordsField(label=_("技能"), required=False, max_length=400)
    phone = forms.CharField(label=_("电话"), max_length=30, required=False)
    email = forms.EmailField(label=_("邮箱"), required=False)
    username = forms.CharField(
        label=_("登录名"),
        max_length=60,
        required=False,
        help_text=_("留空则不开通账户，以后可以再开。"),
    )
    password = forms.CharField(
        label=_("临时密码"),
        min_length=10,
        max_length=128,
        required=False,
        widget=forms.PasswordInput,
        help_text=_("由账户管理员填写；首次登录时要更换。"),
    )
    field_order = (
        "name", "english_name", "number", "employed_from", "probation_until", "department",
        "team", "post", "site", "superior",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("password") and not values.get("username"):
            self.add_error("username", _("设了密码就要填登录名。"))
        values["password"] = values.get("password") or None
        # Who speaks no Chinese is shown pages and told things in English until they choose.
        spoken = values.get("languages") or []
        values["language"] = "en" if spoken and "zh-hans" not in spoken else ""
        return values


class EditForm(KeepsMasked, forms.Form):
    """What has no date of its own."""

    def __init__(self, *args: Any, account: Account, employee: Employee, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(employee, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)
        self.keep_masked(account, employee, ["phone", "email"])

    name = forms.CharField(label=_("姓名"), max_length=60)
    english_name = forms.CharField(label=_("英文名"), max_length=60, required=False)
    languages = forms.MultipleChoiceField(
        label=_("语言"), choices=LANGUAGES, widget=forms.CheckboxSelectMultiple, required=False
    )
    skills = WordsField(label=_("技能"), required=False, max_length=400)
    phone = forms.CharField(label=_("电话"), max_length=30, required=False)
    email = forms.EmailField(label=_("邮箱"), required=False)
    probation_until = forms.DateField(label=_("试用期至"), widget=DateInput(), required=False)


class TransferForm(PlaceForm):
    from_date = forms.DateField(
        label=_("生效日"),
        widget=DateInput(),
        help_text=_("今天立即生效，以后的日子到期自动生效；不倒填日期（制度 Q10）。"),
    )
    reason = forms.CharField(label=_("事由"), max_length=200, required=False)
    field_order = ("from_date",)


class SuspendForm(forms.Form):
    reason = forms.CharField(label=_("事由"), max_length=200)


class ReinstateForm(forms.Form):
    reason = forms.CharField(
        label=_("事由"),
        max_length=200,
        help_text=_("恢复停职前的状态，账户重新可用。转正要走转正流程。"),
    )


class LeaveForm(forms.Form):
    last_date = forms.DateField(
        label=_("最后工作日"),
        widget=DateInput(),
        help_text=_("今天或以前立即停用账户；以后的日子过完后停用。"),
    )
    reason = forms.CharField(label=_("事由"), max_length=200)


class AccountForm(forms.Form):
    username = forms.CharField(label=_("登录名"), max_length=60)
    password = forms.CharField(
        label=_("临时密码"),
        min_length=10,
        max_length=128,
        required=False,
        widget=forms.PasswordInput,
        help_text=_("由账户管理员填写；首次登录时要更换。"),
    )

    def clean_password(self) -> str | None:
        return self.cleaned_data["password"] or None


# --- units


def _zones() -> list[tuple[str, str]]:
    return [(zone, zone) for zone in sorted(available_timezones()) if "/" in zone]


class SiteForm(forms.ModelForm):
    zone = forms.ChoiceField(label=_("时区"), choices=_zones, widget=SearchSelect())
    currency = forms.ChoiceField(label=_("币种"), choices=currency_choices)

    class Meta:
        model = Site
        fields = ("code", "name", "zone", "country", "currency")

    def clean_country(self) -> str:
        country: str = self.cleaned_data["country"].strip().upper()
        if len(country) != 2 or not country.isascii() or not country.isalpha():
            raise forms.ValidationError(_("请填两个字母的国家代码。"))
        return country


class DepartmentForm(forms.ModelForm):
    features_off = forms.MultipleChoiceField(
        label=_("关闭的功能"),
        choices=models.feature_choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("勾选的功能在本部门和下级部门的菜单里不出现。"),
    )

    class Meta:
        model = Department
        fields = ("code", "name", "kind", "parent", "head", "features_off")


class BrandForm(forms.ModelForm):
    class Meta:
        model = Brand
        fields = ("code", "name")


class ShopForm(forms.ModelForm):
    language = forms.ChoiceField(label=_("语言"), choices=LANGUAGES)
    currency = forms.ChoiceField(label=_("币种"), choices=currency_choices)
    team_ids = forms.ModelMultipleChoiceField(
        label=_("服务的组"),
        queryset=Team.objects.all(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = Shop
        fields = (
            "code", "name", "brand", "marketplace", "site", "state", "launch_date", "language",
            "currency", "colour",
        )  # fmt: skip
        widgets = {
            "launch_date": DateInput(),
            "colour": forms.TextInput(attrs={"type": "color"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["team_ids"] = list(self.instance.teams.values_list("pk", flat=True))

    def clean_team_ids(self) -> list[int]:
        return [team.pk for team in self.cleaned_data["team_ids"]]


class TeamForm(forms.ModelForm):
    duty_tags = WordsField(label=_("职责标签"), required=False, max_length=200)
    shop_ids = forms.ModelMultipleChoiceField(
        label=_("店铺"),
        queryset=Shop.objects.all(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = Team
        fields = ("code", "name", "department", "site", "leader", "duty_tags")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["shop_ids"] = list(self.instance.shops.values_list("pk", flat=True))
        field = self.fields["leader"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Employee.objects.employed()

    def clean_shop_ids(self) -> list[int]:
        return [shop.pk for shop in self.cleaned_data["shop_ids"]]


def _reaches() -> list[tuple[str, Any]]:
    return list(Grant._meta.get_field("scope_kind").flatchoices)


class PostForm(forms.ModelForm):
    role = forms.ChoiceField(
        label=_("默认角色"),
        choices=[("", "—"), *((str(role), ROLE_NAMES.get(role, role)) for role in Roles)],
        required=False,
    )
    reach = forms.ChoiceField(label=_("默认范围"), choices=_reaches)

    class Meta:
        model = Post
        fields = ("code", "name", "name_en", "family", "stage", "role", "reach", "reports_to")


class HeadcountForm(forms.Form):
    department = forms.ModelChoiceField(label=_("部门"), queryset=Department.objects.all())
    team = forms.ModelChoiceField(
        label=_("组"),
        queryset=Team.objects.all(),
        required=False,
        help_text=_("留空表示部门本身。"),
    )
    post = forms.ModelChoiceField(label=_("岗位"), queryset=Post.objects.all())
    planned = forms.IntegerField(label=_("编制人数"), min_value=0, max_value=10_000)

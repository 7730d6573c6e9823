from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cangke.catalog.public import Product
from cangke.desk.public import Conversation, Message, PhoneCall
from cangke.foundation.access.public import Account, scope
from cangke.foundation.calendar.public import OpeningTable
from cangke.foundation.ui.public import DateInput, DateTimeInput, SearchSelectMultiple, Switch
from cangke.orders.public import Order
from cangke.people.public import Employee, Team, agents

from .. import wording
from ..models import (
    Ticket,
    TicketKind,
    TicketMacro,
    kind_group_choices,
    priority_choices,
    ticket_state_choices,
)
from ..rules.fields import FieldSpec, FieldType, Source
from ..rules.tickets import ENDED, MOVES, TicketState
from .fields import ColleagueField, ConversationField, OrderField, order_named
from .pledges import MessageField

PREFIX = "f_"
OFFERED = 30


def field_for(spec: FieldSpec) -> forms.Field:
    """The form field of one field of a kind; what is required is asked for by the rule."""
    words: dict[str, Any] = {"label": wording.label_of(spec), "required": spec.required}
    match spec.type:
        case FieldType.LONG:
            area = forms.Textarea({"rows": 3, "data-ck-grow": "", "class": "ck-input"})
            return forms.CharField(max_length=4000, widget=area, **words)
        case FieldType.NUMBER:
            return forms.IntegerField(**words)
        case FieldType.AMOUNT:
            return forms.DecimalField(max_digits=12, decimal_places=2, **words)
        case FieldType.DATE:
            return forms.DateField(widget=DateInput(), **words)
        case FieldType.CHOICE:
            options = [(each.value, wording.value_text(spec, each.value)) for each in spec.options]
            return forms.ChoiceField(choices=[("", _("请选择")), *options], **words)
        case FieldType.YES_NO:
            return forms.ChoiceField(
                choices=[("", _("请选择")), ("yes", _("是")), ("no", _("否"))], **words
            )
    return forms.CharField(max_length=300, **words)


class ValuesForm(forms.Form):
    """The fields of a kind, built from its definition."""

    def __init__(
        self,
        *args: Any,
        specs: Sequence[FieldSpec],
        values: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.specs = specs
        for spec in specs:
            field = self.fields[PREFIX + spec.key] = field_for(spec)
            field.initial = (values or {}).get(spec.key, "")

    def typed(self) -> dict[str, Any]:
        """The values by the keys of the kind."""
        return {spec.key: self.cleaned_data.get(PREFIX + spec.key) for spec in self.specs}

    @property
    def value_rows(self) -> list[Any]:
        """The bound fields of the kind, in order."""
        return [self[PREFIX + spec.key] for spec in self.specs]


class ProductField(forms.CharField):
    """A SKU; gives the product or None."""

    account: Account

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value)).strip()
        if not text:
            return None
        found = scope(self.account, Product, "view").filter(sku__iexact=text).first()
        if found is None:
            raise forms.ValidationError(_("没有找到这个 SKU。"))
        return found


class TicketForm(ValuesForm):
    """A new ticket of a kind (A13)."""

    title = forms.CharField(
        label=_("标题"), max_length=160, required=False, help_text=_("不填按类别和订单命名")
    )
    owner = ColleagueField(label=pgettext_lazy("ticket", "负责人"), required=False)
    due_at = forms.DateTimeField(label=_("期限"), required=False, widget=DateTimeInput())
    priority = forms.TypedChoiceField(label=_("优先级"), choices=priority_choices, coerce=int)
    order_no = OrderField(label=_("订单号"), required=False, max_length=64)
    sku = ProductField(label="SKU", required=False, max_length=64)
    conversation_no = ConversationField(label=_("会话编号"), required=False, max_length=24)

    def __init__(
        self,
        *args: Any,
        account: Account,
        kind: TicketKind,
        conversation: Conversation | None,
        me: Employee | None,
        values: Mapping[str, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, specs=kind.specs, values=values, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, ColleagueField)
        owner.offer(also=me)
        if kind.team is not None:
            owner.empty_label = _("按路由分给 %s") % kind.team.name
        for name in ("order_no", "sku", "conversation_no"):
            self.fields[name].account = account  # type: ignore[attr-defined]  # our own fields
        if conversation is not None:
            del self.fields["conversation_no"]
        self.account = account
        sources = {spec.source: spec.key for spec in kind.specs}
        self.names_order = sources.get(Source.ORDER_NO, "")
        if self.names_order:
            del self.fields["order_no"]  # the kind's own field asks for it

    def _order(self) -> Order | None:
        """The order named in its own field, or in the kind's, where the person may see it."""
        if not self.names_order:
            found: Order | None = self.cleaned_data["order_no"]
            return found
        number = str(self.cleaned_data.get(PREFIX + self.names_order) or "").strip()
        return order_named(self.account, number) if number else None

    def words(self) -> dict[str, Any]:
        """What `open_ticket` is called with, beside kind and conversation."""
        data = self.cleaned_data
        return {
            "title": data["title"],
            "owner": data["owner"],
            "due_at": data["due_at"],
            "priority": data["priority"],
            "order": self._order(),
            "product": data["sku"],
            "values": self.typed(),
        }


class EditForm(ValuesForm):
    """The words of a ticket."""

    title = forms.CharField(label=_("标题"), max_length=160)


class MoveForm(forms.Form):
    """Another state, with the solution where the ticket ends."""

    state = forms.ChoiceField(label=_("状态"))
    solution = forms.CharField(
        label=_("处理结果"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 2, "data-ck-grow": "", "class": "ck-input"}),
        help_text=_("改为已解决时要写"),
    )
    text = forms.CharField(label=_("说明"), max_length=300, required=False)

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        moves = MOVES[TicketState(ticket.state)]
        state = self.fields["state"]
        assert isinstance(state, forms.ChoiceField)
        state.choices = [each for each in ticket_state_choices() if each[0] in moves]
        if ticket.state in ENDED:
            del self.fields["solution"]


class GiveTicketForm(forms.Form):
    to = ColleagueField(label=_("改由谁处理"))
    reason = forms.CharField(label=_("原因"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to = self.fields["to"]
        assert isinstance(to, ColleagueField)
        to.offer()


class DueForm(forms.Form):
    due_at = forms.DateTimeField(label=_("新期限"), widget=DateTimeInput())
    reason = forms.CharField(label=_("原因"), max_length=300)


class PriorityForm(forms.Form):
    priority = forms.TypedChoiceField(label=_("优先级"), choices=priority_choices, coerce=int)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("原因"), max_length=300)


class TalkForm(forms.Form):
    """A note for colleagues, or a reply to the customer."""

    text = forms.CharField(
        label=_("内容"),
        max_length=8000,
        widget=forms.Textarea({"rows": 3, "data-ck-grow": "", "class": "ck-input"}),
    )
    mentioned = forms.ModelMultipleChoiceField(
        label=_("提到同事"),
        queryset=Employee.objects.none(),
        required=False,
        widget=SearchSelectMultiple(),
    )
    settles = forms.BooleanField(label=_("这是给客户的结果"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = self.fields["mentioned"]
        assert isinstance(people, forms.ModelMultipleChoiceField)
        people.queryset = agents().order_by("name")


class CallField(forms.ModelChoiceField):
    """A logged call, shown with its time and result."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.called_at:%m-%d %H:%M} {obj.result[:60]}"


class AnswerForm(forms.Form):
    """The reply that settles the matter for the customer (A14)."""

    message = MessageField(label=_("一条回复"), queryset=Message.objects.none(), required=False)
    call = CallField(label=_("或一通电话"), queryset=PhoneCall.objects.none(), required=False)

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sent = Message.objects.filter(
            conversation=ticket.conversation,
            direction="out",
            counts_as_reply=True,
            placeholder=False,
            recalled_at__isnull=True,
            at__gte=ticket.opened_at,
        )
        calls = PhoneCall.objects.filter(
            conversation__customer=ticket.customer,
            direction="out",
            logged_at__gte=ticket.opened_at,
        )
        if ticket.conversation_id is None:
            sent = sent.none()
        if ticket.customer_id is None:
            calls = calls.none()
        self._offer("message", sent.order_by("-seq"))
        self._offer("call", calls.order_by("-called_at"))

    def _offer(self, name: str, rows: QuerySet[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        newest = list(rows.values_list("pk", flat=True)[:OFFERED])
        field.queryset = rows.model.objects.filter(pk__in=newest).order_by("-pk")
        field.empty_label = _("（不选）")


class TicketChoice(forms.ModelChoiceField):
    """Another ticket, shown with its number and title."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.number} {obj.title} · {obj.get_state_display()}"


class MergeForm(forms.Form):
    """Which other tickets become part of this one."""

    others = forms.ModelMultipleChoiceField(
        label=_("并入这张工单的"),
        queryset=Ticket.objects.none(),
        widget=SearchSelectMultiple(),
        help_text=_("客户之后的来信会到这张工单。"),
    )

    def __init__(self, *args: Any, account: Account, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = scope(account, Ticket, "work").filter(closed_at__isnull=True).exclude(pk=ticket.pk)
        others = self.fields["others"]
        assert isinstance(others, forms.ModelMultipleChoiceField)
        same = rows.filter(customer_id=ticket.customer_id) if ticket.customer_id else rows
        newest = list(same.order_by("-opened_at").values_list("pk", flat=True)[:OFFERED])
        newest += list(rows.order_by("-opened_at").values_list("pk", flat=True)[:OFFERED])
        others.queryset = Ticket.objects.filter(pk__in=newest).order_by("-opened_at")


class TaskForm(forms.Form):
    title = forms.CharField(label=_("要做什么"), max_length=120)
    required = forms.BooleanField(label=_("必做"), required=False)


class KindForm(forms.ModelForm):
    """A kind of ticket; its fields and tasks as text."""

    text = forms.CharField(
        label=_("字段与子任务（TOML）"),
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 18, "class": "ck-input ck-mono", "spellcheck": "false"}),
        help_text=_("每个字段一段 [[field]]：key、label、type、required；子任务写 [[task]]。"),
    )

    class Meta:
        model = TicketKind
        fields = (
            "name",
            "name_en",
            "code",
            "group",
            "team",
            "due_hours",
            "hours",
            "priority",
            "needs_solution",
            "needs_reply",
            "hint",
            "hint_en",
            "position",
            "is_active",
        )
        widgets = {
            "needs_solution": Switch(),
            "needs_reply": Switch(),
            "is_active": Switch(),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["code"].disabled = True
        group = self.fields["group"]
        assert isinstance(group, forms.ChoiceField)
        group.choices = kind_group_choices()
        for name, rows in (("team", Team.objects), ("hours", OpeningTable.objects)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows.order_by("name")


class MacroForm(forms.ModelForm):
    """A macro: changes, a note and a text for the customer."""

    class Meta:
        model = TicketMacro
        fields = (
            "name",
            "name_en",
            "kind",
            "state",
            "priority",
            "take",
            "solution",
            "comment",
            "reply",
            "reply_en",
            "position",
            "is_active",
        )
        widgets = {"take": Switch(), "is_active": Switch()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ended = (*ENDED, TicketState.NEW)
        choices = [each for each in ticket_state_choices() if each[0] not in ended]
        self.fields["state"] = forms.ChoiceField(
            label=_("改为状态"), choices=[("", _("（不改）")), *choices], required=False
        )

"""What is filled in at a conversation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cangke.foundation.ui.public import DateTimeInput

from ..models import Channel, Conversation, HandlingResult, QuestionType, QueueGroup
from ..models.choices import close_reason_choices, priority_choices, stage_choices
from ..rules.closing import ClosingReason
from ..rules.routing import Presence
from .naming import NamedChoice

TARGET_PERSON, TARGET_GROUP = "person", "group"


class ReplyForm(forms.Form):
    body = forms.CharField(max_length=10_000, required=False, strip=False)
    is_note = forms.BooleanField(required=False)
    client_token = forms.CharField(max_length=64, required=False)
    script = forms.CharField(max_length=20, required=False)
    promise = forms.ChoiceField(choices=[("record", ""), ("none", "")], required=False)


class ReviewForm(forms.Form):
    note = forms.CharField(
        label=_("怎么处理的"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("例如“已当面提醒，向客户道歉”。需要处分的另走处分流程。"),
    )


class TransferForm(forms.Form):
    """To whom, and why: a colleague who serves the stage, or a queue (A8)."""

    target = forms.ChoiceField(label=_("转给"))
    reason = forms.CharField(
        label=_("原因"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, people: list[tuple[str, Any]], groups: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        target = self.fields["target"]
        assert isinstance(target, forms.ChoiceField)
        target.choices = [
            ("", _("选择同事或接待组")),
            (_("同事"), [(f"{TARGET_PERSON}:{pk}", name) for pk, name in people]),
            (_("接待组"), [(f"{TARGET_GROUP}:{pk}", name) for pk, name in groups]),
        ]

    def chosen(self) -> tuple[str, int]:
        """Return (person or group, id)."""
        kind, _colon, key = self.cleaned_data["target"].partition(":")
        return kind, int(key)


class DeclineForm(forms.Form):
    reason = forms.CharField(label=_("为什么不接"), max_length=200)


class SnoozeForm(forms.Form):
    """Until when an answered conversation can rest."""

    until = forms.DateTimeField(label=_("到什么时候"), widget=DateTimeInput())
    note = forms.CharField(
        label=_("到时要做什么"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class LaterForm(forms.Form):
    """What is to go out, and when; words that promise are asked about once."""

    body = forms.CharField(
        label=_("内容"), max_length=10_000, strip=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    send_at = forms.DateTimeField(label=_("发送时间"), widget=DateTimeInput())
    promise = forms.ChoiceField(
        label=_("是不是承诺"), choices=[], required=False, widget=forms.HiddenInput()
    )
    client_token = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        asked = self.fields["promise"]
        assert isinstance(asked, forms.ChoiceField)
        asked.choices = [("", "—"), ("record", _("是，接着登记承诺")), ("none", _("不是承诺"))]

    def ask_promise(self, words: Sequence[str], *, may_record: bool) -> None:
        """Let the answer be chosen, and say which words it is about."""
        asked = self.fields["promise"]
        assert isinstance(asked, forms.ChoiceField)
        if not may_record:
            asked.choices = [("", "—"), ("none", _("已看过，照发"))]
        asked.widget = forms.Select()
        asked.widget.choices = asked.choices
        said = _("“%(words)s”像是对客户的承诺，请选择。") % {"words": "”“".join(words)}
        self.add_error("promise", said)


class TalkChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.number} · {obj.subject or obj.preview}"[:80]


class MergeForm(forms.Form):
    """Into which of the customer's open conversations, and why."""

    into = TalkChoice(
        label=_("并入"), queryset=Conversation.objects.none(), empty_label=_("请选择")
    )
    reason = forms.CharField(
        label=_("原因"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, others: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        into = self.fields["into"]
        assert isinstance(into, TalkChoice)
        into.queryset = others


class OutOfTurnForm(forms.Form):
    """Why this customer is served before those who wait longer (A21)."""

    reason = forms.CharField(
        label=_("先接这位的原因"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("会留在会话和审计记录里，主管看得到。"),
    )


class AskForm(forms.Form):
    """Whom to ask about a hard question, those above first, and what (A9)."""

    whom = forms.ChoiceField(label=_("请教谁"))
    question = forms.CharField(
        label=_("想问什么"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    client_token = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput())

    def __init__(
        self,
        *args: Any,
        above: Sequence[tuple[str, Any]],
        people: Sequence[tuple[str, Any]],
        **kw: Any,
    ) -> None:
        super().__init__(*args, **kw)
        whom = self.fields["whom"]
        assert isinstance(whom, forms.ChoiceField)
        groups = [(_("组长与主管"), above), (_("同事"), people)]
        whom.choices = [(label, list(each)) for label, each in groups if each]


class CloseForm(forms.Form):
    """What a closed conversation must say (A19); who supervises may also call it spam or a test."""

    JUDGED = (ClosingReason.SETTLED, ClosingReason.SPAM, ClosingReason.TEST)

    reason = forms.ChoiceField(
        label=_("怎样结束"),
        choices=[],
        help_text=_("垃圾信息和测试不用选类型和结果，也不计入任何指标；在“全部会话”里查得到。"),
    )
    question_type = NamedChoice(
        label=_("问题类型"), queryset=QuestionType.objects.none(), empty_label=_("请选择")
    )
    handling_result = NamedChoice(
        label=_("处理结果"), queryset=HandlingResult.objects.none(), empty_label=_("请选择")
    )
    lost_reason = forms.CharField(
        label=_("未成交原因"),
        max_length=200,
        required=False,
        help_text=_("售前没有成交时填写，组长每天汇总。"),
    )

    promises_stand = forms.BooleanField(
        label=_("这些承诺由承诺人继续兑现"),
        error_messages={"required": _("先看一下还没兑现的承诺，再结束。")},
    )

    def __init__(
        self,
        *args: Any,
        stage: str,
        promises: Sequence[str] = (),
        may_judge: bool = False,
        **kw: Any,
    ) -> None:
        super().__init__(*args, **kw)
        if may_judge:
            reason = self.fields["reason"]
            assert isinstance(reason, forms.ChoiceField)
            reason.choices = [row for row in close_reason_choices() if row[0] in self.JUDGED]
            for name in ("question_type", "handling_result"):
                self.fields[name].required = False
        else:
            del self.fields["reason"]
        if promises:
            self.fields["promises_stand"].help_text = "；".join(promises)
        else:
            del self.fields["promises_stand"]
        types = QuestionType.objects.filter(is_active=True, stage__in=["", stage])
        self.fields["question_type"].queryset = types  # type: ignore[attr-defined]
        results = HandlingResult.objects.filter(is_active=True)
        self.fields["handling_result"].queryset = results  # type: ignore[attr-defined]
        if stage != "presale":
            del self.fields["lost_reason"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        reason = ClosingReason(values.get("reason") or ClosingReason.SETTLED)
        for name in ("question_type", "handling_result"):
            if reason is not ClosingReason.SETTLED:
                values[name] = None
            elif not values.get(name) and name not in self.errors:
                self.add_error(name, self.fields[name].error_messages["required"])
        return {**values, "reason": reason}


class AssignForm(forms.Form):
    """A supervisor gives the conversation to somebody, with a reason (B5)."""

    agent = forms.ChoiceField(label=_("改派给"))
    reason = forms.CharField(label=_("原因"), max_length=200)

    def __init__(self, *args: Any, people: list[tuple[str, Any]], **kw: Any) -> None:
        super().__init__(*args, **kw)
        agent = self.fields["agent"]
        assert isinstance(agent, forms.ChoiceField)
        agent.choices = [("", _("请选择")), *people]


class TalksChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        words = [obj.customer.display_name, obj.number, obj.get_state_display()]
        if obj.assignee is not None:
            words.append(obj.assignee.name)
        return " · ".join(str(each) for each in words)


class AssignManyForm(AssignForm):
    """Several conversations at once to one colleague, with one reason (B5)."""

    conversations = TalksChoice(
        label=_("会话"),
        queryset=Conversation.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请至少选一个会话。")},
    )
    field_order = ("conversations", "agent", "reason")

    def __init__(self, *args: Any, rows: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        field = self.fields["conversations"]
        assert isinstance(field, TalksChoice)
        field.queryset = rows


class PriorityForm(forms.Form):
    """How time-critical a customer is; moving somebody in the queue needs a reason (A20, A21)."""

    priority = forms.TypedChoiceField(label=_("优先级"), choices=priority_choices, coerce=int)
    reason = forms.CharField(
        label=_("原因"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class MajorForm(forms.Form):
    """Why this is, or is no longer, a major complaint (B7); ``major`` as the dialog offered."""

    major = forms.BooleanField(required=False, widget=forms.HiddenInput())
    reason = forms.CharField(
        label=_("原因"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class InboxFilter(forms.Form):
    """Which conversations the left pane shows; kept in the address."""

    channel = forms.ModelChoiceField(
        label=_("渠道"),
        queryset=Channel.objects.filter(is_active=True),
        required=False,
        empty_label=_("全部渠道"),
    )
    stage = forms.ChoiceField(label=_("阶段"), required=False)
    group = forms.ModelChoiceField(
        label=_("接待组"),
        queryset=QueueGroup.objects.filter(is_active=True),
        required=False,
        empty_label=_("全部接待组"),
    )

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        stage = self.fields["stage"]
        assert isinstance(stage, forms.ChoiceField)
        stage.choices = [("", _("售前与售后")), *stage_choices()]


class PresenceForm(forms.Form):
    state = forms.ChoiceField(
        choices=[(each.value, each.value) for each in Presence if each != Presence.AWAY]
    )


class LeavingForm(forms.Form):
    """For each conversation in hand: serve on, pass to a colleague, or leave a note (A27)."""

    KEEP, QUEUE = "keep", "queue"

    def __init__(
        self, *args: Any, held: Sequence[tuple[int, str]], people: list[tuple[str, Any]], **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        self.held = [pk for pk, _label in held]
        for pk, label in held:
            self.fields[f"how_{pk}"] = forms.ChoiceField(
                label=label,
                choices=[
                    (self.KEEP, _("继续接待到结束")),
                    (self.QUEUE, _("留交接说明，放回队列")),
                    (_("转给同事"), people),
                ],
            )
            self.fields[f"note_{pk}"] = forms.CharField(
                label=_("交接说明"), max_length=200, required=False
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for pk in self.held:
            note = str(cleaned.get(f"note_{pk}", "")).strip()
            if cleaned.get(f"how_{pk}") != self.KEEP and not note:
                self.add_error(f"note_{pk}", _("请写一句交接说明，让接手的人知道到哪一步了。"))
        return cleaned

    def chosen(self) -> list[tuple[int, int | None, str]]:
        """Return (conversation, colleague or None, note); no note and nobody: serve on."""
        found = []
        for pk in self.held:
            how, note = self.cleaned_data[f"how_{pk}"], self.cleaned_data[f"note_{pk}"]
            to = int(how) if how not in (self.KEEP, self.QUEUE) else None
            found.append((pk, to, "" if how == self.KEEP else note))
        return found

"""What is done with a conversation: taken, passed on, closed, opened again."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST

from cangke.foundation.access.public import Account, allowed, can, get_visible, scope
from cangke.foundation.refusal import Refusal
from cangke.foundation.ui.public import SignedInRequest, act, once, refused, toast, trigger
from cangke.people.public import Employee

from .. import actions, ports, queries
from ..forms import (
    TARGET_PERSON,
    AskForm,
    AssignForm,
    AssignManyForm,
    CloseForm,
    DeclineForm,
    MajorForm,
    MergeForm,
    OutOfTurnForm,
    PriorityForm,
    SnoozeForm,
    TransferForm,
)
from ..models import Conversation, QueueGroup, Transfer
from .workbench import me, pane


def _account(request: SignedInRequest) -> Account:
    return request.user


def _myself(request: SignedInRequest) -> Employee:
    """
    The employee behind the account.

    :raises Refusal: if there is none
    """
    employee = me(request)
    if employee is None:
        raise Refusal(_("此账户没有对应的员工，不能接待客户。"))
    return employee


def _after(request: SignedInRequest, pk: int, said: str) -> HttpResponse:
    """Close the dialog and let the panes fetch what changed."""
    if not request.htmx:
        return redirect("desk:conversation", pk=pk)
    response = pane(request, pk)
    response["HX-Retarget"] = "#desk-pane"
    response["HX-Reswap"] = "innerHTML"
    del response["HX-Trigger"]
    trigger(response, "ck:close-dialog")
    trigger(response, "ck:inbox")
    return toast(response, said)


def _gone(request: SignedInRequest, said: str) -> HttpResponse:
    """The conversation has left this desk: show the next thing to do."""
    if not request.htmx:
        return redirect("desk:workbench")
    response = render(request, "desk/conversation/gone.html", {"said": said})
    response["HX-Retarget"] = "#desk-pane"
    response["HX-Reswap"] = "innerHTML"
    response["HX-Push-Url"] = "/desk/"
    trigger(response, "ck:close-dialog")
    trigger(response, "ck:inbox")
    return toast(response, said)


def _dialog(request: SignedInRequest, form: Any, title: str, **more: Any) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else 200
    return render(
        request,
        "desk/conversation/dialog.html",
        {"form": form, "dialog_title": title, "cancel_url": more.pop("cancel_url", ".."), **more},
        status=status,
    )


@require_http_methods(["GET", "POST"])
@allowed("desk.claim")
def claim(request: SignedInRequest, pk: int) -> HttpResponse:
    """Serve a customer who waits; before others only with a reason, which the dialog asks for."""
    account = _account(request)
    found = get_visible(account, Conversation, "claim", pk=pk)
    form = OutOfTurnForm(request.POST if "reason" in request.POST else None)
    if request.method == "POST":
        try:
            reason = request.POST.get("reason", "")
            actions.claim(conversation_id=pk, reason=reason, by=account, at=timezone.now())
        except actions.OutOfTurn as refusal:
            if not form.is_bound and request.htmx:
                response = HttpResponse(status=200)
                response["HX-Reswap"] = "none"
                return trigger(response, "ck:open-dialog", url=request.path)
            form = OutOfTurnForm({"reason": reason})
            refused(form, refusal)
        else:
            return _after(request, pk, _("由你接待。"))
    return _dialog(
        request,
        form,
        _("先接这位客户"),
        submit_label=pgettext("do", "接待"),
        dialog_intro=_("排在前面的客户：%(names)s")
        % {"names": "、".join(queries.names_ahead(found)) or "—"},
    )


@require_http_methods(["GET", "POST"])
@allowed("desk.transfer")
def transfer(request: SignedInRequest, pk: int) -> HttpResponse:
    account = _account(request)
    found = get_visible(account, Conversation, "transfer", pk=pk)
    form = TransferForm(
        request.POST or None,
        people=queries.people_to_choose(found, without=account),
        groups=queries.groups_to_choose(found),
    )
    if request.method == "POST" and form.is_valid():
        kind, key = form.chosen()
        to_person = kind == TARGET_PERSON
        try:
            actions.request_transfer(
                conversation_id=pk,
                reason=form.cleaned_data["reason"],
                to_agent=Employee.objects.get(pk=key) if to_person else None,
                to_group=None if to_person else QueueGroup.objects.get(pk=key),
                by=account,
                at=timezone.now(),
            )
        except Refusal as refusal:
            refused(form, refusal)
        else:
            if to_person:
                return _after(request, pk, _("已请对方接手；对方接受前仍由你负责。"))
            return _gone(request, _("已转到接待组。"))
    return _dialog(
        request,
        form,
        _("转接会话"),
        submit_label=_("转接"),
        dialog_intro=_("等待时间继续计时；同事接受后才算交出。"),
    )


@require_POST
@allowed("desk.view")
def accept(request: SignedInRequest, pk: int) -> HttpResponse:
    done = actions.accept_transfer(transfer_id=pk, by=_account(request), at=timezone.now())
    if not request.htmx:
        return redirect("desk:conversation", pk=done.conversation_id)
    return pane(request, done.conversation_id)


@require_http_methods(["GET", "POST"])
@allowed("desk.view")
def decline(request: SignedInRequest, pk: int) -> HttpResponse:
    account = _account(request)
    get_visible(account, Transfer, "view", pk=pk)
    form = DeclineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.decline_transfer(
                transfer_id=pk,
                answer=form.cleaned_data["reason"],
                by=account,
                at=timezone.now(),
            )
        except Refusal as refusal:
            refused(form, refusal)
        else:
            return _gone(request, _("已告诉对方你不接。"))
    return _dialog(request, form, _("不接这个会话"), submit_label=_("不接"))


@require_http_methods(["GET", "POST"])
@allowed("desk.assign")
def assign(request: SignedInRequest, pk: int) -> HttpResponse:
    account = _account(request)
    found = get_visible(account, Conversation, "assign", pk=pk)
    form = AssignForm(request.POST or None, people=queries.people_to_choose(found, without=None))
    if request.method == "POST" and form.is_valid():
        try:
            actions.assign(
                conversation_id=pk,
                to=Employee.objects.get(pk=int(form.cleaned_data["agent"])),
                reason=form.cleaned_data["reason"],
                by=account,
                at=timezone.now(),
            )
        except Refusal as refusal:
            refused(form, refusal)
        else:
            return _after(request, pk, _("已改派。"))
    return _dialog(request, form, _("改派会话"), submit_label=_("改派"))


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None


@require_http_methods(["GET", "POST"])
@allowed("desk.assign")
@once("desk.reassign")
def reassign(request: SignedInRequest) -> HttpResponse:
    """Give several conversations to a colleague: an agent's, a queue's, or chosen from all (B5)."""
    account = _account(request)
    agent_id, group_id = (_number(request.GET.get(name, "")) for name in ("agent", "group"))
    rows = queries.to_reassign(account, agent_id=agent_id, group_id=group_id)
    form = AssignManyForm(
        request.POST or None,
        rows=rows,
        people=[
            (pk, label)
            for pk, label in queries.people_to_choose(None, without=None)
            if pk != str(agent_id)
        ],
        initial={"conversations": rows if agent_id else []},
    )

    def perform(values: dict[str, Any]) -> list[Conversation]:
        return actions.assign_many(
            conversation_ids=[each.pk for each in values["conversations"]],
            to=Employee.objects.get(pk=int(values["agent"])),
            reason=values["reason"],
            by=account,
            at=timezone.now(),
        )

    back = f"{reverse('desk:workbench')}?scope=team"
    return act(
        request,
        form,
        perform,
        title=_("批量改派"),
        done=back,
        said=_("已改派，接手的和原来接待的同事都会收到通知。"),
        back=back,
        submit_label=_("改派"),
    )


@require_POST
@allowed("desk.assign")
def take_over(request: SignedInRequest, pk: int) -> HttpResponse:
    """A leader or supervisor serves the customer in person; it is recorded (O5)."""
    account = _account(request)
    actions.assign(
        conversation_id=pk,
        to=_myself(request),
        reason=_("主管接管"),
        by=account,
        at=timezone.now(),
    )
    if not request.htmx:
        return redirect("desk:conversation", pk=pk)
    return pane(request, pk)


@require_http_methods(["GET", "POST"])
@allowed("desk.reply")
def ask(request: SignedInRequest, pk: int) -> HttpResponse:
    """Call a leader or a colleague in by a note that stands among the hard questions (A9)."""
    account = _account(request)
    get_visible(account, Conversation, "reply", pk=pk)
    above, people = queries.people_to_ask(_myself(request), account, at=timezone.now())
    form = AskForm(
        request.POST or None,
        above=above,
        people=people,
        initial={"client_token": secrets.token_urlsafe(16)},
    )
    if request.method == "POST" and form.is_valid():
        whom = Employee.objects.get(pk=int(form.cleaned_data["whom"]))
        try:
            actions.write_note(
                conversation_id=pk,
                body=f"@{whom.name} {form.cleaned_data['question']}",
                mentioned=[whom],
                client_token=form.cleaned_data["client_token"],
                by=account,
                at=timezone.now(),
            )
        except Refusal as refusal:
            refused(form, refusal)
        else:
            return _after(request, pk, _("已请教%(name)s，对方会收到通知。") % {"name": whom.name})
    return _dialog(
        request,
        form,
        _("请教同事或组长"),
        submit_label=_("发出"),
        dialog_intro=_("记成内部备注，客户看不到；对方会收到通知，也列入当天的疑难问题。"),
    )


@require_POST
@allowed("desk.reply")
def choose_order(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say which order the customer asks about; the stage follows from it (AMB-23)."""
    text = request.POST.get("order", "")
    actions.choose_order(
        conversation_id=pk,
        order=queries.chosen_order(request.user, pk, text),
        by=_account(request),
        at=timezone.now(),
    )
    if not request.htmx:
        return redirect("desk:conversation", pk=pk)
    return pane(request, pk)


@require_http_methods(["GET", "POST"])
@allowed("desk.reply")
def priority(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put a customer before others in the queue, or no longer; the reason stays on record."""
    account = _account(request)
    found = get_visible(account, Conversation, "reply", pk=pk)
    form = PriorityForm(request.POST or None, initial={"priority": found.priority})
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_priority(
                conversation_id=pk, **form.cleaned_data, by=account, at=timezone.now()
            )
        except Refusal as refusal:
            refused(form, refusal)
        else:
            return _after(request, pk, _("已设置优先级。"))
    return _dialog(
        request,
        form,
        pgettext("desk", "加急"),
        submit_label=_("确定"),
        dialog_intro=_("加急的客户排在前面，响应目标更短；原因会留在会话和审计记录里。"),
    )


@require_http_methods(["GET", "POST"])
@allowed("desk.reply")
def major(request: SignedInRequest, pk: int) -> HttpResponse:
    """Mark a major complaint, or (who supervises) take the mark away."""
    account = _account(request)
    found = get_visible(account, Conversation, "reply", pk=pk)
    form = MajorForm(request.POST or None, initial={"major": not found.is_major})
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_major(
                conversation_id=pk,
                major=form.cleaned_data["major"],
                reason=form.cleaned_data["reason"],
                by=account,
                at=timezone.now(),
            )
        except Refusal as refusal:
            refused(form, refusal)
        else:
            marked = form.cleaned_data["major"]
            said = _("已标记为重大投诉，由主管处理。") if marked else _("已取消重大投诉。")
            if not scope(account, Conversation, "view").filter(pk=pk).exists():
                return _gone(request, said)
            return _after(request, pk, said)
    if found.is_major:
        return _dialog(request, form, _("取消重大投诉"), submit_label=_("取消标记"))
    return _dialog(
        request,
        form,
        pgettext("do", "标记重大投诉"),
        submit_label=_("标记"),
        dialog_intro=_("标记后由主管亲自接待，也只有主管能结束。"),
    )


@require_http_methods(["GET", "POST"])
@allowed("desk.close")
def close(request: SignedInRequest, pk: int) -> HttpResponse:
    account = _account(request)
    found = get_visible(account, Conversation, "close", pk=pk)
    form = CloseForm(
        request.POST or None,
        stage=found.stage,
        may_judge=can(account, "desk.supervise"),
        promises=ports.open_promises.ask(conversation_id=pk),
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.close(
                conversation_id=pk,
                question_type=form.cleaned_data["question_type"],
                handling_result=form.cleaned_data["handling_result"],
                lost_reason=form.cleaned_data.get("lost_reason", ""),
                reason=form.cleaned_data["reason"],
                by=account,
                at=timezone.now(),
            )
        except Refusal as refusal:
            refused(form, refusal)
        else:
            return _gone(request, _("会话已结束。"))
    return _dialog(request, form, _("结束会话"), submit_label=_("结束"))


@require_http_methods(["GET", "POST"])
@allowed("desk.reply")
def snooze(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put an answered conversation off to a time of one's choice."""
    get_visible(request.user, Conversation, "reply", pk=pk)
    form = SnoozeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.snooze(
                conversation_id=pk, **form.cleaned_data, by=request.user, at=timezone.now()
            )
        except Refusal as refusal:
            refused(form, refusal)
        else:
            return _gone(request, _("已放到稍后，到时间会提醒你；客户来信会马上回来。"))
    return _dialog(
        request,
        form,
        pgettext("do", "稍后处理"),
        submit_label=_("放到稍后"),
        dialog_intro=_("已答复、要等一等的会话可以先放下。"),
    )


@require_http_methods(["GET", "POST"])
@allowed("desk.close")
def merge(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let this conversation end in another one of the same customer."""
    account = _account(request)
    found = get_visible(account, Conversation, "close", pk=pk)
    others = queries.mergeable(account, found)
    form = MergeForm(request.POST or None, others=others)
    if request.method == "POST" and form.is_valid():
        try:
            kept = actions.merge(
                conversation_id=pk,
                into_id=form.cleaned_data["into"].pk,
                reason=form.cleaned_data["reason"],
                by=account,
                at=timezone.now(),
            )
        except Refusal as refusal:
            refused(form, refusal)
        else:
            response = _after(request, kept.pk, _("已合并；客户以后的来信都到这里。"))
            if request.htmx:
                response["HX-Push-Url"] = reverse("desk:conversation", args=[kept.pk])
            return response
    if not others.exists():
        return render(request, "desk/conversation/alone.html", {"open": found})
    intro = _("说过的话留在原处，响应时间不变；客户以后的来信和回复都到并入的会话。")
    return _dialog(request, form, _("合并会话"), submit_label=_("合并"), dialog_intro=intro)


@require_POST
@allowed("desk.close")
def separate(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a merged conversation out again."""
    actions.separate(conversation_id=pk, by=_account(request), at=timezone.now())
    if not request.htmx:
        return redirect("desk:conversation", pk=pk)
    return pane(request, pk)


@require_POST
@allowed("desk.close")
def reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    actions.reopen(conversation_id=pk, by=_account(request), at=timezone.now())
    if not request.htmx:
        return redirect("desk:conversation", pk=pk)
    return pane(request, pk)

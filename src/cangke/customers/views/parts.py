"""Identities, addresses, mute and merge of one customer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cangke.foundation.access.public import allowed, get_visible, scope
from cangke.foundation.ui.public import SignedInRequest, act, once

from .. import actions, forms, queries
from ..models import Address, Customer, Identity


def _customer(request: SignedInRequest, pk: int, action: str = "change") -> Customer:
    return get_visible(request.user, Customer, action, pk=pk)


@allowed("customers.edit")
@once("customers.identity-add")
def identity_add(request: SignedInRequest, pk: int) -> HttpResponse:
    customer = _customer(request, pk)
    form = forms.IdentityForm(request.POST or None)
    back = reverse("customers:detail", args=[pk])

    def perform(values: dict[str, Any]) -> Identity:
        shop = values["shop"]
        by_shop = values["kind"] == "order_customer_code"
        scope_name = (shop.code if by_shop else shop.im_scope) if shop else ""
        return actions.add_identity(
            customer_id=customer.pk,
            kind=values["kind"],
            value=values["value"],
            channel_ref=scope_name,
            by=request.user,
            at=timezone.now(),
        )

    return act(
        request,
        form,
        perform,
        title=_("添加身份 · %s") % customer,
        done=back,
        said=_("身份已添加。"),
        back=back,
    )


@require_POST
@allowed("customers.edit")
@once("customers.identity-remove")
def identity_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    identity = get_visible(request.user, Identity, "change", pk=pk)
    actions.remove_identity(identity_id=identity.pk, by=request.user, at=timezone.now())
    messages.success(request, _("身份已移除。"))
    return redirect("customers:detail", pk=identity.customer_id)


@allowed("customers.edit")
@once("customers.address")
def address_new(request: SignedInRequest, pk: int) -> HttpResponse:
    customer = _customer(request, pk)
    return _address(request, customer, Address(customer=customer))


@allowed("customers.edit")
@once("customers.address")
def address_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = scope(request.user, Address, "change").select_related("customer")
    address = get_visible(request.user, Address, "change", rows=rows, pk=pk)
    return _address(request, address.customer, address)


def _address(request: SignedInRequest, customer: Customer, address: Address) -> HttpResponse:
    key = address.pk
    form = forms.AddressForm(request.POST or None, instance=address, account=request.user)
    back = reverse("customers:detail", args=[customer.pk])
    return act(
        request,
        form,
        lambda values: actions.save_address(
            customer_id=customer.pk,
            address_id=key,
            by=request.user,
            at=timezone.now(),
            **values,
        ),
        title=_("收货地址 · %s") % customer,
        done=back,
        said=_("地址已保存。"),
        back=back,
        template="customers/customer/edit.html",
    )


@require_POST
@allowed("customers.edit")
@once("customers.address-remove")
def address_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    address = get_visible(request.user, Address, "change", pk=pk)
    customer_id = address.customer_id
    actions.remove_address(address_id=address.pk, by=request.user, at=timezone.now())
    messages.success(request, _("地址已删除。"))
    return redirect("customers:detail", pk=customer_id)


@allowed("customers.mute")
@once("customers.mute")
def customer_mute(request: SignedInRequest, pk: int) -> HttpResponse:
    customer = _customer(request, pk, "mute")
    form = forms.MuteForm(request.POST or None)
    back = reverse("customers:detail", args=[pk])
    return act(
        request,
        form,
        lambda values: actions.mute_customer(
            customer_id=pk, by=request.user, at=timezone.now(), **values
        ),
        title=_("静音 · %s") % customer,
        done=back,
        said=_("已静音，到时间自动恢复。"),
        back=back,
        submit_label=_("静音"),
    )


@require_POST
@allowed("customers.mute")
@once("customers.unmute")
def customer_unmute(request: SignedInRequest, pk: int) -> HttpResponse:
    customer = _customer(request, pk, "mute")
    actions.unmute_customer(customer_id=customer.pk, by=request.user, at=timezone.now())
    messages.success(request, _("已恢复。"))
    return redirect("customers:detail", pk=pk)


@allowed("customers.merge")
@once("customers.merge")
def customer_merge(request: SignedInRequest, pk: int) -> HttpResponse:
    """Find the other file, show both side by side, merge on the second step."""
    customer = _customer(request, pk, "merge")
    form = forms.MergeForm(request.POST or request.GET or None)
    context: dict[str, Any] = {
        "customer": customer,
        "form": form,
        "title": _("合并客户 · %s") % customer,
        "cancel_url": reverse("customers:detail", args=[pk]),
    }
    template = "customers/customer/merge.html"
    if not form.is_bound or not form.is_valid():
        return render(request, template, context, status=422 if form.is_bound else 200)
    mergeable = (
        scope(request.user, Customer, "merge")
        .filter(merged_into__isnull=True)
        .exclude(pk=customer.pk)
    )
    found = list(queries.matching(mergeable, form.cleaned_data["other"])[:2])
    if len(found) != 1:
        form.add_error(
            "other",
            _("没有找到这份档案。") if not found else _("找到不止一份，请填客户编号。"),
        )
        return render(request, template, context, status=422)
    other = found[0]
    if "confirm" not in request.POST:
        context |= {
            "other": other,
            "sides": [
                (_("保留"), customer, queries.identities_of([customer.pk]).get(customer.pk, [])),
                (_("并入"), other, queries.identities_of([other.pk]).get(other.pk, [])),
            ],
        }
        return render(request, template, context)
    return act(
        request,
        form,
        lambda values: actions.merge_customers(
            kept_id=customer.pk,
            merged_id=other.pk,
            reason=values["reason"],
            by=request.user,
            at=timezone.now(),
        ),
        title=context["title"],
        done=context["cancel_url"],
        said=_("两份档案已合并。"),
        back=context["cancel_url"],
        template=template,
        context=context,
    )

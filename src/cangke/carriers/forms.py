from __future__ import annotations

from typing import Any

from django import forms

from cangke.foundation.access.public import Account
from cangke.foundation.ui.public import KeepsMasked

from .models import Carrier, CarrierContact, CarrierService


class CarrierForm(forms.ModelForm):
    class Meta:
        model = Carrier
        fields = (
            "code", "name", "name_en", "country", "tracking_url", "silent_hours", "is_active",
            "note",
        )  # fmt: skip
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}


class ServiceForm(forms.ModelForm):
    class Meta:
        model = CarrierService
        fields = ("code", "name", "days_min", "days_max", "is_express", "is_active")


class ContactForm(KeepsMasked, forms.ModelForm):
    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.keep_masked(account, self.instance, ["phone", "email"])

    class Meta:
        model = CarrierContact
        fields = ("name", "reach", "phone", "email", "note")

from __future__ import annotations

from django import forms

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


class ContactForm(forms.ModelForm):
    class Meta:
        model = CarrierContact
        fields = ("name", "reach", "phone", "email", "note")

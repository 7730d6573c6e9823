"""Choices for currency columns; money itself has no tables."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from . import rules

NAMES: dict[str, Any] = {
    "CNY": _("人民币"),
    "USD": _("美元"),
    "EUR": _("欧元"),
    "GBP": _("英镑"),
    "JPY": _("日元"),
    "HKD": _("港元"),
    "TWD": _("新台币"),
    "KRW": _("韩元"),
    "SGD": _("新加坡元"),
    "MYR": _("林吉特"),
    "THB": _("泰铢"),
    "VND": _("越南盾"),
    "PHP": _("菲律宾比索"),
    "IDR": _("印尼盾"),
    "INR": _("印度卢比"),
    "AUD": _("澳元"),
    "NZD": _("新西兰元"),
    "CAD": _("加元"),
    "MXN": _("墨西哥比索"),
    "BRL": _("雷亚尔"),
    "CHF": _("瑞士法郎"),
    "SEK": _("瑞典克朗"),
    "NOK": _("挪威克朗"),
    "DKK": _("丹麦克朗"),
    "PLN": _("兹罗提"),
    "CZK": _("捷克克朗"),
    "TRY": _("土耳其里拉"),
    "RUB": _("卢布"),
    "AED": _("迪拉姆"),
    "SAR": _("沙特里亚尔"),
    "ZAR": _("兰特"),
}


def currency_choices() -> list[tuple[str, Any]]:
    """The known currencies, code and name, for ``choices=`` of a currency column."""
    return [(code, NAMES[code]) for code in rules.CURRENCIES]

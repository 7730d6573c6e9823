"""Who is who, and how complete a file is: plain Python."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

import phonenumbers

GLOBAL_KINDS = frozenset({"email", "phone"})  # the same wherever they are met
VERIFYING_KINDS = frozenset({"email", "phone"})
COUNTRY_DEFAULT = "CN"

# What a complete file holds (G2): each part counts the same.
PARTS = ("name", "phone", "email", "address", "preferences")


def normalize_identity(kind: str, value: str, *, country: str = COUNTRY_DEFAULT) -> str:
    """
    Return the spelling under which two identities are the same one.

    Text is taken in its normal form (NFKC), e-mail and nicknames without regard to case, phone
    numbers in international form where they are valid numbers of ``country``, else as digits.
    Nothing usable gives an empty string.
    """
    text = unicodedata.normalize("NFKC", value)
    text = "".join(sign for sign in text if unicodedata.category(sign) not in {"Cc", "Cf", "Cs"})
    text = text.strip()
    if kind == "phone":
        return normalize_phone(text, country=country)
    if kind == "email":
        return text.casefold() if re.fullmatch(r"[^@\s]+@[^@\s]+", text) else ""
    if kind == "order_customer_code":
        # Spreadsheets turn the code 17850 into 17850.0.
        return re.sub(r"^(\d+)\.0+$", r"\1", text).casefold()
    return text.casefold()


def normalize_phone(text: str, *, country: str = COUNTRY_DEFAULT) -> str:
    """Return ``+8613800138000`` for a valid number, else its digits; empty without any digit."""
    try:
        number = phonenumbers.parse(text, country or COUNTRY_DEFAULT)
    except phonenumbers.NumberParseException:
        number = None
    if number is not None and phonenumbers.is_valid_number(number):
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return re.sub(r"\D", "", text)


def identity_scope(kind: str, channel_ref: str) -> str:
    """Return the space in which the value is unique: everywhere, or one shop or channel."""
    return "" if kind in GLOBAL_KINDS else channel_ref.strip()


def completeness(parts: Collection[str]) -> int:
    """Return how complete a file is, in percent (G2): a file without e-mail is 80."""
    return round(100 * len(set(parts) & set(PARTS)) / len(PARTS))


def missing_parts(parts: Collection[str]) -> tuple[str, ...]:
    """Return what the file still lacks, in the order of `PARTS`."""
    return tuple(part for part in PARTS if part not in parts)


def search_forms(text: str, *, country: str = COUNTRY_DEFAULT) -> tuple[str, ...]:
    """Return the spellings under which a typed phone, e-mail or nickname may be on file (G1)."""
    plain = normalize_identity("im_nick", text)
    forms = [plain, normalize_identity("order_customer_code", text)]
    if sum(sign.isdigit() for sign in text) >= 4 and not re.search(r"[^\d\s+()\-.]", text):
        forms += [normalize_phone(text, country=country), re.sub(r"\D", "", text)]
    return tuple(dict.fromkeys(form for form in forms if form))


def mask_identity(value: str) -> str:
    """Mask an identity by what it looks like: mail and phone are personal, a nickname is not."""
    if "@" in value:
        name, at, domain = value.partition("@")
        return f"{name[:1]}***{at}{domain}"
    digits = sum(sign.isdigit() for sign in value)
    if digits >= 6 and digits * 2 >= len(value.strip()) and not re.search(r"[^\d\s+()\-]", value):
        text = value.strip()
        return f"{text[:3]}****{text[-4:]}" if len(text) >= 8 else f"****{text[-2:]}"
    return value

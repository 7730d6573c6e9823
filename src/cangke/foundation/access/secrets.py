"""
Secrets at rest: mailbox passwords, tokens, webhook keys.

Values are stored as ``<key id>:<token>`` under keys kept in ``<data>/secrets.keys`` (0600), outside
the database and its backup. The first key encrypts, every key decrypts; `rotate` adds a new first
key and stores every secret anew.
"""

from __future__ import annotations

import datetime as dt
import os
from functools import cache
from pathlib import Path
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.conf import settings
from django.db import models, transaction


def _path() -> Path:
    return Path(settings.DATA) / "secrets.keys"


def _write(keys: list[str]) -> None:
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write("\n".join(keys) + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _keys() -> list[str]:
    try:
        return _path().read_text(encoding="ascii").split()
    except FileNotFoundError:
        _write([Fernet.generate_key().decode()])
        return _path().read_text(encoding="ascii").split()


@cache
def _box(stamp: tuple[str, float]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in _keys()])


def _current() -> MultiFernet:
    if not _path().exists():
        _keys()
    return _box((str(_path()), _path().stat().st_mtime))


def seal(text: str) -> str:
    """Encrypt a text under the newest key."""
    return _current().encrypt(text.encode("utf-8")).decode("ascii")


def unseal(sealed: str) -> str:
    """Decrypt a text; empty if it was sealed with the keys of another installation."""
    try:
        return _current().decrypt(sealed.encode("ascii")).decode("utf-8")
    except (InvalidToken, UnicodeEncodeError):
        return ""


class SecretField(models.TextField[str, str]):
    """Text that is encrypted in the database and plain in Python; never searched or listed."""

    def get_prep_value(self, value: Any) -> Any:
        if value in (None, ""):
            return value
        return seal(str(value))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        if value in (None, ""):
            return value
        return unseal(value)


def secret_fields() -> list[tuple[type[models.Model], str]]:
    """Every model and field that holds a secret."""
    return [
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, SecretField)
    ]


def rotate(*, at: dt.datetime) -> int:
    """Make a new key and store every secret under it; return how many were stored."""
    _write([Fernet.generate_key().decode(), *_keys()])
    count = 0
    with transaction.atomic():
        for model, name in secret_fields():
            for row in model._default_manager.select_for_update().exclude(**{name: ""}):
                if getattr(row, name):
                    row.save(update_fields=[name])
                    count += 1
        count += _reseal_second_factors()
    _write(_keys()[:1])
    return count


def _reseal_second_factors() -> int:
    count = 0
    for row in Authenticator.objects.select_for_update():
        for name in ("secret", "seed"):
            if row.data.get(name):
                row.data[name] = seal(unseal(row.data[name]))
                count += 1
        row.save(update_fields=["data"])
    return count

"""The frame is tested with addresses, a menu and slots of its own."""

import copy
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from cangke.foundation.access.public import Account, Roles
from cangke.foundation.ui import ports
from tests.factories import client_for, make_account

from . import urls

PASSWORD = "Cangke-2026-demo"
HERE = Path(__file__).resolve().parent


@pytest.fixture(autouse=True)
def _own_house(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"] = [*templates[0]["DIRS"], HERE / "templates"]
    settings.TEMPLATES = templates
    settings.ROOT_URLCONF = urls.__name__
    settings.CANGKE_MENU = f"{urls.__name__}.MENU"
    settings.CANGKE_SLOTS = f"{urls.__name__}.SLOTS"
    # What rooms above have plugged in is theirs to test.
    for port in (ports.areas_off, ports.exported):
        monkeypatch.setattr(port, "_answer", port.default)
    urls.WORK_DONE.clear()


@pytest.fixture(autouse=True)
def _in_chinese() -> Iterator[None]:
    """A page asked for in English leaves its language in the thread; the next test begins anew."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def person(db: None) -> Account:
    """Somebody without any right of their own."""
    return make_account(display_name="王芳", username="wangfang", password=PASSWORD)


@pytest.fixture
def member(person: Account) -> Client:
    """A browser in which the person is signed in."""
    return client_for(person)


@pytest.fixture(autouse=True)
def _in_chinese() -> Iterator[None]:
    """A page asked for in English leaves its language in the thread; the next test begins anew."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def personnel(db: None) -> Client:
    """A browser of somebody who may see accounts."""
    return client_for(make_account(Roles.HR))

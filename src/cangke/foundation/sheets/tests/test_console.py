import datetime as dt
import json

import pytest

from cangke.foundation.access.public import Account
from cangke.foundation.sheets.console import run_import
from tests.factories_sheets import own_importers

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 11, 23, 3, tzinfo=dt.UTC)
TABLE = "登录名,姓名,年龄\nwang,王,30\nli,李,老\n"


@pytest.fixture(autouse=True)
def _own(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        },
    }
    with own_importers():
        yield


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "人员.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def take(path, kind="test.people", **options):
    report = run_import(kind, path, at=AT, **options)
    json.dumps(report)
    assert report["lines_in"] == report["taken"] + report["unchanged"] + report["refused"]
    return report


def test_a_file_is_taken_in_and_reported(table):
    report = take(table)
    assert report["state"] == "done"
    assert (report["lines_in"], report["taken"], report["refused"]) == (2, 1, 1)
    assert report["errors"] == [{"line": 3, "reason": "年龄：应是整数"}]
    assert report["mapping"] == {"username": "登录名", "name": "姓名", "age": "年龄"}
    assert report["result"]
    assert take(table)["unchanged"] == 1
    assert Account.objects.count() == 1


def test_a_trial_keeps_nothing(table):
    report = take(table, dry_run=True)
    assert (report["state"], report["taken"], report["refused"]) == ("checked", 1, 1)
    assert not Account.objects.exists()


@pytest.mark.parametrize(
    "mapping",
    [
        {"username": "登录名", "name": "姓名"},
        {"username": 1, "name": 2},
        {"username": " 登录 名 ", "name": {"value": "同名"}},
    ],
)
def test_a_mapping_by_heading_number_or_value(table, mapping):
    assert take(table, mapping=mapping)["taken"] == 2


@pytest.mark.parametrize(
    ("kind", "options", "says"),
    [
        ("nothing", {}, "没有这种导入"),
        ("test.people", {"mapping": {"username": "没有"}}, "没有这一列"),
        ("test.people", {"mapping": {"name": "姓名"}}, "登录名"),
        ("test.people", {"mapping": {"username": 9}}, "不存在"),
        ("test.people", {"mapping": {"username": True}}, "没有这一列"),
        ("test.people", {"options": {"x": "1"}}, "没有这个选项"),
        ("test.grouped", {}, "店铺"),
    ],
)
def test_what_cannot_be_taken_is_reported_and_changes_nothing(table, kind, options, says):
    report = take(table, kind, **options)
    assert report["state"] == "failed"
    assert says in report["errors"][0]["reason"]
    assert report["errors"][0]["line"] == 0
    assert not Account.objects.exists()


def test_a_file_that_is_no_table(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"MZ\x90\x00")
    assert take(path)["state"] == "failed"


def test_options_are_passed_on(table):
    assert take(table, "test.grouped", options={"shop": "2"})["taken"] == 1

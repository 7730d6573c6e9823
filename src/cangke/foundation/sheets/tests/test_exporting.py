import csv
import datetime as dt
import hashlib
import io
from decimal import Decimal

import openpyxl
import pytest
from django.test import RequestFactory

from cangke.foundation.access.public import PERMISSIONS, Account, Roles, permission
from cangke.foundation.audit.public import AuditEntry
from cangke.foundation.refusal import Refusal
from cangke.foundation.sheets import actions, answers, registry
from cangke.foundation.sheets.registry import Column
from tests.factories import make_account

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 11, 23, 3, tzinfo=dt.UTC)
KIND = "test.accounts"
HOSTILE = ["=1+1", "+1", "-1", "@x", "\t=1", "＝1", " =1", '=HYPERLINK("http://x","y")']


@pytest.fixture(autouse=True)
def _exporter():
    permission("test.export", "导出测试", roles=[Roles.SUPERVISOR])
    registry.register_exporter(
        KIND,
        "账户",
        permission="test.export",
        columns=[
            Column("name", "姓名", field="display_name"),
            Column("email", "邮箱", field="email"),
            Column("secret", "口令", field="password"),
            Column("hidden", "未分级", field="zone"),
            Column("count", "数", value=lambda row: row.pk),
            Column("money", "额", value=lambda row: Decimal("-12.50")),
            Column("day", "日", value=lambda row: dt.date(2026, 11, 23)),
            Column("parcel", "运单", value=lambda row: 12345678901234567),
        ],
        rows=lambda account: Account.objects.order_by("pk"),
        needs_reason=True,
    )
    yield
    del registry.EXPORTERS[KIND], PERMISSIONS["test.export"]


def ask(account, *, file_format="csv", rows=None, reason="月底核对", query=""):
    request = RequestFactory().get(f"/accounts/?{query}")
    request.user = account
    rows = Account.objects.order_by("pk") if rows is None else rows
    return actions.export_response(
        request, KIND, rows, file_format=file_format, at=AT, reason=reason
    )


def body(response):
    return b"".join(response.streaming_content)


def as_csv(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


@pytest.mark.requirement("Q2", "Q3", "X5")
def test_rows_leave_masked_and_the_taking_is_logged():
    """Design security 12: exported as masked as shown."""
    account = make_account(Roles.SUPERVISOR, email="boss@example.com", display_name="王主管")
    response = ask(account, query="q=王&state=paid")
    data = body(response)
    [head, row] = as_csv(data)
    assert head == ["姓名", "邮箱", "口令", "未分级", "数", "额", "日", "运单"]
    assert row == [
        "王主管", "b***@example.com", "••••••", "", str(account.pk), "-12.50", "2026-11-23",
        "12345678901234567",
    ]  # fmt: skip
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Length"] == str(len(data))
    entry = AuditEntry.objects.get(action="sheets.exported")
    assert (entry.actor, entry.reason) == (account, "月底核对")
    assert entry.changes["rows"] == 1
    assert entry.changes["filter"] == "q=%E7%8E%8B&state=paid"
    assert entry.changes["sha256"] == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("reason", ["", "   "])
def test_without_a_reason_or_the_permission_nothing_leaves(reason):
    with pytest.raises(Refusal, match="用途"):
        ask(make_account(Roles.SUPERVISOR), reason=reason)
    with pytest.raises(actions.UnknownExport):
        ask(make_account(Roles.AGENT))
    with pytest.raises(actions.UnknownExport):
        ask(make_account(Roles.SUPERVISOR), file_format="pdf")
    assert not AuditEntry.objects.filter(action="sheets.exported").exists()


@pytest.mark.requirement("X2")
def test_no_cell_runs_in_csv_or_xlsx():
    """Design security 35: formulas."""
    viewer = make_account(Roles.SUPERVISOR)
    for name in HOSTILE:
        make_account(display_name=name)
    rows = Account.objects.exclude(pk=viewer.pk).order_by("pk")
    for row in as_csv(body(ask(viewer, rows=rows)))[1:]:
        assert row[0].startswith("'")
    book = openpyxl.load_workbook(io.BytesIO(body(ask(viewer, rows=rows, file_format="xlsx"))))
    cells = list(book.active.iter_rows(min_row=2))
    assert len(cells) == len(HOSTILE)
    for row in cells:
        assert row[0].data_type == "s"
        assert row[0].value.startswith("'")
        assert row[0].hyperlink is None


def test_a_workbook_keeps_numbers_as_numbers_and_long_ones_as_text():
    viewer = make_account(Roles.SUPERVISOR)
    book = openpyxl.load_workbook(io.BytesIO(body(ask(viewer, file_format="xlsx"))))
    row = [cell.value for cell in list(book.active.iter_rows(min_row=2))[0]]
    assert row[4:] == [viewer.pk, -12.5, "2026-11-23", "12345678901234567"]


def test_control_signs_do_not_break_a_workbook():
    viewer = make_account(Roles.SUPERVISOR, display_name="a\x01b\x0bc")
    book = openpyxl.load_workbook(io.BytesIO(body(ask(viewer, file_format="xlsx"))))
    assert book.active["A2"].value == "abc"


def test_too_many_rows_are_refused_before_anything_is_sent(monkeypatch):
    from cangke.foundation.sheets.actions import exporting

    monkeypatch.setitem(
        exporting.WRITERS, "csv", lambda lines, out: exporting.write_csv(lines, out, most=1)
    )
    make_account()
    with pytest.raises(Refusal, match="超过 1 行"):
        ask(make_account(Roles.SUPERVISOR))
    assert not AuditEntry.objects.filter(action="sheets.exported").exists()


def test_many_rows_cost_one_query(django_assert_max_num_queries):
    for _n in range(30):
        make_account()
    viewer = make_account(Roles.SUPERVISOR)
    with django_assert_max_num_queries(6):
        body(ask(viewer))


def test_the_console_gets_masked_rows_too():
    make_account(email="wang@example.com", display_name="王")
    data = actions.run_export(KIND, format="csv", by=None, at=AT)
    assert as_csv(data)[1][:3] == ["王", "w***@example.com", "••••••"]
    assert AuditEntry.objects.get(action="sheets.exported").actor is None
    with pytest.raises(actions.UnknownExport):
        actions.run_export("nothing", by=None, at=AT)


def test_a_list_asks_for_the_reason_first(client):
    account = make_account(Roles.SUPERVISOR)
    request = RequestFactory().get("/accounts/?export=csv&q=%3Cb%3E&q=2")
    request.user = account
    request.htmx = None
    rows = Account.objects.all()
    page = answers.export_list(kind=KIND, rows=rows, file_format="csv", request=request)
    text = page.content.decode()
    assert 'name="reason"' in text
    assert 'name="export" value="csv"' in text
    assert 'name="q" value="&lt;b&gt;"' in text
    assert 'name="q" value="2"' in text
    request.GET = request.GET.copy()
    request.GET["reason"] = "核对"
    response = answers.export_list(kind=KIND, rows=rows, file_format="csv", request=request)
    assert len(as_csv(body(response))) == 2

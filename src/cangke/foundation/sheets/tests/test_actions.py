import csv
import datetime as dt
import io
import os
import signal
import time
import zipfile

import openpyxl
import pytest
from django.core.files.base import ContentFile
from django.db import connections
from django.utils import timezone

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import AuditEntry
from cangke.foundation.files.public import StoredFile
from cangke.foundation.refusal import Conflict, Refusal
from cangke.foundation.sheets import actions, queries
from cangke.foundation.sheets.actions import running
from cangke.foundation.sheets.models import ImportChunk, ImportRun, ImportTemplate, RunState
from tests.factories import make_account
from tests.factories_sheets import Grouped, People, own_importers

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 11, 23, 3, tzinfo=dt.UTC)
HEAD = "登录名,姓名,年龄\n"


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


def silent(done, total):
    pass


def send(content, name="人员.csv", *, kind="test.people", by=None, **options):
    data = content.encode() if isinstance(content, str) else content
    return actions.upload(kind=kind, upload=ContentFile(data, name), by=by, at=AT, **options)


def rows(count, *, name="某"):
    return HEAD + "".join(f"u{n},{name}{n},{n % 90}\n" for n in range(count))


def begun(run):
    run = actions.map_run(run=run, mapping=run.mapping, by=None, at=AT)
    return actions.begin_commit(run=run, at=AT)


def commit(run):
    return actions.commit_run(begun(run), step=silent, clock=timezone.now)


def check(run):
    run = actions.map_run(run=run, mapping=run.mapping, by=None, at=AT)
    run.state = RunState.CHECKING
    run.save()
    return actions.check_run(run, step=silent, clock=timezone.now)


def counts(run):
    run.refresh_from_db()
    assert run.lines_in == run.taken + run.unchanged + run.refused
    return run.lines_in, run.taken, run.unchanged, run.refused


def result_rows(run):
    with run.result.content.open("rb") as content:
        return list(csv.reader(io.StringIO(content.read().decode("utf-8-sig"))))


# --- taking in


@pytest.mark.requirement("X2")
def test_every_row_is_taken_or_refused_with_a_reason():
    """Design security 78: bad rows named by their number."""
    run = commit(send(HEAD + "wang,王,30\n,李,1\nli,李,老\nzhao,禁止,1\n\nsun,孙,\n"))
    assert counts(run) == (5, 2, 0, 3)
    assert run.state == RunState.DONE
    assert set(Account.objects.values_list("username", flat=True)) == {"wang", "sun"}
    assert queries.refused_rows(run, "commit") == [
        (3, "登录名：必填，这里是空的"),
        (4, "年龄：应是整数"),
        (5, "不能叫这个名字"),
    ]
    assert result_rows(run) == [
        ["行号", "结果", "说明", "登录名", "姓名", "年龄"],
        ["2", "已导入", "wang", "wang", "王", "30"],
        ["3", "未导入", "登录名：必填，这里是空的", "", "李", "1"],
        ["4", "未导入", "年龄：应是整数", "li", "李", "老"],
        ["5", "未导入", "不能叫这个名字", "zhao", "禁止", "1"],
        ["7", "已导入", "sun", "sun", "孙", ""],
    ]


@pytest.mark.requirement("X2")
def test_the_same_file_twice_creates_nothing_twice():
    assert counts(commit(send(rows(35)))) == (35, 35, 0, 0)
    assert counts(commit(send(rows(35)))) == (35, 0, 35, 0)
    assert Account.objects.count() == 35


def test_a_trial_keeps_nothing_and_foretells_everything():
    run = check(send(HEAD + "a,甲,1\nb,乙,x\nc,丙,3\n"))
    assert run.state == RunState.CHECKED
    assert counts(run) == (3, 2, 0, 1)
    assert not Account.objects.exists()
    assert queries.refused_rows(run, "check") == [(3, "年龄：应是整数")]
    check(run)
    assert counts(run) == (3, 2, 0, 1)
    commit(run)
    assert counts(run) == (3, 2, 0, 1)
    assert queries.refused_rows(run, "commit") == [(3, "年龄：应是整数")]


def test_one_row_that_breaks_the_database_spoils_only_itself():
    content = HEAD + "".join(f"u{n},{'坏' if n == 4 else '好'},\n" for n in range(9))
    run = commit(send(content))
    assert counts(run) == (9, 8, 0, 1)
    assert queries.refused_rows(run, "commit") == [(6, "与已有数据冲突，或数值超出范围")]


def test_rows_that_belong_together_stay_in_one_chunk():
    names = ["甲"] * 8 + ["乙"] * 5 + ["丙"] * 25 + ["丁"] * 2
    content = HEAD + "".join(f"u{n},{name},\n" for n, name in enumerate(names))
    run = commit(send(content, kind="test.grouped", options={"shop": "2"}))
    assert counts(run)[0] == 40
    assert [len(chunk) for chunk in Grouped.seen] == [13, 25, 2]


def test_progress_is_told_and_can_stop_the_run():
    told = []

    class Enough(Exception):
        pass

    def step(done, total):
        told.append((done, total))
        if done >= 20:
            raise Enough

    run = begun(send(rows(35)))
    with pytest.raises(Enough):
        actions.commit_run(run, step=step, clock=timezone.now)
    assert told == [(10, 35), (20, 35)]
    run.refresh_from_db()
    assert (run.checkpoint, run.lines_in) == (21, 20)
    actions.stop_run(run.pk, state=RunState.CANCELLED, message="", at=AT)
    run.refresh_from_db()
    run = actions.begin_commit(run=run, at=AT + dt.timedelta(hours=1))
    assert run.committed_at == AT
    actions.commit_run(run, step=silent, clock=timezone.now)
    assert counts(run) == (35, 35, 0, 0)
    assert len(result_rows(run)) == 36


def test_a_run_goes_on_behind_the_last_whole_chunk(monkeypatch):
    run = send(rows(35))
    monkeypatch.setattr(People, "fail_at", "u27")
    with pytest.raises(SystemExit):
        commit(run)
    run.refresh_from_db()
    assert (run.state, run.lines_in, run.checkpoint) == (RunState.RUNNING, 20, 21)
    assert Account.objects.count() == 20
    monkeypatch.setattr(People, "fail_at", "")
    actions.commit_run(ImportRun.objects.get(pk=run.pk), step=silent, clock=timezone.now)
    assert counts(run) == (35, 35, 0, 0)
    assert Account.objects.count() == 35
    assert len(result_rows(run)) == 36


def test_a_process_that_was_overtaken_stops():
    run = begun(send(rows(35)))
    slow = ImportRun.objects.get(pk=run.pk)
    pieces = running._pieces(People(), slow, after=0)
    first = next(pieces)
    actions.commit_run(run, step=silent, clock=timezone.now)
    task = running.Task(None, AT, {}, False, "x")
    with pytest.raises(running.Superseded):
        running._commit_piece(People(), slow, first, task)
    assert counts(run) == (35, 35, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_a_killed_process_loses_and_doubles_nothing(monkeypatch):
    """Design security 69: sIGKILL in the middle; another process takes the run up."""
    run = begun(send(rows(120)))
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            actions.commit_run(
                ImportRun.objects.get(pk=run.pk),
                step=lambda done, total: time.sleep(0.05),
                clock=timezone.now,
            )
        finally:
            os._exit(0)
    deadline = time.monotonic() + 20
    while ImportRun.objects.get(pk=run.pk).checkpoint < 30 and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    half = ImportRun.objects.get(pk=run.pk)
    assert 30 <= half.checkpoint < 121
    assert Account.objects.count() == half.lines_in
    actions.commit_run(half, step=silent, clock=timezone.now)
    assert counts(run) == (120, 120, 0, 0)
    assert Account.objects.count() == 120
    assert len(result_rows(half)) == 121


def test_it_is_logged_who_took_what_in():
    account = make_account()
    run = commit(send(rows(3), by=account))
    entry = AuditEntry.objects.get(action="sheets.imported")
    assert entry.actor == account
    assert entry.changes["taken"] == 3
    assert run.result.owner == account


def test_an_importer_that_forgets_a_row_is_an_error(monkeypatch):
    monkeypatch.setattr(People, "commit_chunk", lambda self, rows, task: [])
    with pytest.raises(RuntimeError, match="every row"):
        commit(send(rows(3)))
    assert not ImportChunk.objects.exists()


# --- reading files

TABLE = "登录名,姓名,年龄\nwang,王小明,30\n"


@pytest.mark.parametrize(
    "data",
    [
        TABLE.encode(),
        TABLE.encode("utf-8-sig"),
        TABLE.encode("gb18030"),
        TABLE.encode("utf-16"),
        TABLE.replace(",", "\t").encode(),
        TABLE.replace(",", ";").encode("gb18030"),
        ("人员表\n\n" + TABLE).encode(),
        TABLE.replace("\n", "\r\n").encode(),
        TABLE.replace("wang", '"wang"').encode(),
        TABLE.replace("登录名", " Login ").encode(),
        (TABLE + ",,\n  ,,\n").encode(),
        TABLE.replace("王小明", "<script>alert(1)</script>"[:20]).encode(),
    ],
)
def test_usual_files_are_read_as_they_come(data):
    run = commit(send(data))
    assert counts(run) == (1, 1, 0, 0)
    assert Account.objects.get().username == "wang"


def book(rows_, *, sheets=("人员",)):
    made = openpyxl.Workbook()
    made.active.title = sheets[0]
    for name in sheets[1:]:
        made.create_sheet(name)
    for row in rows_:
        made[sheets[-1]].append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_a_workbook_is_read_with_its_numbers_and_dates_as_typed():
    day = dt.datetime(2026, 11, 23, 8, 30, tzinfo=None)  # noqa: DTZ001  # what a sheet holds
    data = book(
        [
            ["登录名", "姓名", "年龄"],
            [17850, day, 30.0],
            ["0042", True, None],
            [12345678901234567, "x", 1],
            ["12345678901234567", 1.25, 1],
        ]
    )
    run = commit(send(data, "人员.xlsx"))
    assert counts(run) == (4, 3, 0, 1)
    names = dict(Account.objects.values_list("username", "display_name"))
    assert names == {
        "17850": "2026-11-23 08:30:00",
        "0042": "TRUE",
        "12345678901234567": "1.25",
    }
    assert "15 位" in queries.refused_rows(run, "commit")[0][1]


def test_the_first_sheet_that_holds_something_is_taken_and_another_can_be_chosen():
    run = send(book([["登录名"], ["wang"]], sheets=("空", "人员")), "人员.xlsx")
    assert (run.sheet, run.sheets, run.row_count) == ("人员", ["空", "人员"], 1)
    with pytest.raises(Refusal):
        actions.choose_reading(run=run, at=AT, sheet="没有")
    with pytest.raises(Refusal):
        actions.choose_reading(run=run, at=AT, sheet="空")


def xlsx(sheet_xml, **more):
    """A workbook by hand."""
    out = io.BytesIO()
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-'
        'package.relationships+xml"/></Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        'relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/'
        'officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>",
        "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/'
        'main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/'
        'package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.'
        'org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>",
        "xl/worksheets/sheet1.xml": sheet_xml,
        **more,
    }
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    "{}</sheetData></worksheet>"
)
CELL = '<c r="{}" t="inlineStr"><is><t>{}</t></is></c>'


def test_a_workbook_by_hand_is_read():
    cells = (
        f"<row r='1'>{CELL.format('A1', '登录名')}</row><row r='2'>{CELL.format('A2', 'w')}</row>"
    )
    assert counts(commit(send(xlsx(SHEET.format(cells)), "a.xlsx"))) == (1, 1, 0, 0)


def test_two_cells_in_opposite_corners_are_refused_at_once():
    cells = (
        f"<row r='1'>{CELL.format('A1', 'x')}</row>"
        f"<row r='1048576'>{CELL.format('XFD1048576', 'y')}</row>"
    )
    started = time.monotonic()
    with pytest.raises(Refusal, match="太大"):
        send(xlsx(SHEET.format(cells)), "a.xlsx")
    assert time.monotonic() - started < 5
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"", "a.csv", "空"),
        (b"MZ\x90\x00\x03", "a.csv", "不能上传"),
        ((HEAD + "a,\x00,1").encode(), "a.csv", "不能上传"),
        (b"%PDF-1.7", "a.csv", "不能上传"),
        (b"\x89PNG\r\n\x1a\n", "a.xlsx", "图片"),
        (HEAD.encode(), "a.csv", "没有数据行"),
        (b"\xff\xfea\x00\x00\xd8", "a.csv", "编码"),
        (b"a,b\n1,2\n\x81\x8d\x8f\x00", "a.csv", "不能上传"),
        ((HEAD + '"' + "x" * 300_000).encode(), "a.csv", "过长"),
        (b"PK\x03\x04 broken", "a.xlsx", "损坏"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le") * 9,
            "a.xls",
            "打不开",
        ),
        (xlsx("<worksheet"), "a.xlsx", "打不开"),
        (xlsx(SHEET.format("")), "a.xlsx", "没有内容"),
        (xlsx('<!DOCTYPE x [<!ENTITY a "b">]>' + SHEET.format("&a;")), "a.xlsx", "不安全"),
        (xlsx(SHEET.format(" " * 30_000_000)), "a.xlsx", "过大"),
        (xlsx(SHEET.format(""), **{"xl/vbaProject.bin": "x"}), "a.xlsx", "宏"),
    ],
)
def test_files_that_are_no_table_are_refused_with_a_reason(data, name, says):
    with pytest.raises(Refusal) as refused:
        send(data, name)
    assert says in str(refused.value.message)
    assert not ImportRun.objects.exists()


def test_a_file_may_be_read_otherwise_than_was_found():
    run = send("Größe;登录名\n1;wang\n".encode())
    assert run.delimiter == ";"
    run = actions.choose_reading(run=run, at=AT, delimiter=",", header_row=1)
    assert run.columns == ["Größe;登录名"]
    with pytest.raises(Refusal, match="编码"):
        actions.choose_reading(run=run, at=AT, encoding="utf-16")
    with pytest.raises(Refusal, match="表头"):
        actions.choose_reading(run=run, at=AT, header_row=19)


def test_rows_wider_than_the_headings_and_hidden_signs_are_refused():
    run = commit(send(HEAD + "a,甲,1,\nb,乙,2,多出\nc,丙\x01,3\nd,丁,4\n"))
    assert counts(run) == (4, 2, 0, 2)
    reasons = [reason for _line, reason in queries.refused_rows(run, "commit")]
    assert "单元格比表头多" in reasons[0]
    assert "不能保存的字符" in reasons[1]


def test_results_never_carry_a_formula():
    run = commit(send(HEAD + "=1+1,@SUM(A1),x\n"))
    assert result_rows(run)[1][3:5] == ["'=1+1", "'@SUM(A1)"]


# --- mapping


def test_columns_are_found_by_chinese_and_english_headings():
    run = send("Name,UserName,什么\n王,wang,1\n")
    assert run.mapping == {"username": 1, "name": 0}


def test_a_required_column_must_be_named():
    run = send("姓名\n王\n")
    with pytest.raises(Refusal, match="登录名"):
        actions.map_run(run=run, mapping={"name": 0}, by=None, at=AT)
    run.refresh_from_db()
    assert run.state == RunState.UPLOADED


@pytest.mark.parametrize(
    "mapping",
    [
        {"username": 9},
        {"username": -1},
        {"username": "登录名"},
        {"username": None},
        {"username": 0, "no_such": 1},
        {"username": 0, "age": {"value": "老"}},
        {"username": {"value": ""}},
    ],
)
def test_mappings_that_cannot_be_are_refused(mapping):
    run = send(TABLE)
    with pytest.raises(Refusal):
        actions.map_run(run=run, mapping=mapping, by=None, at=AT)


def test_one_value_may_hold_for_all_rows():
    run = send(TABLE)
    run = actions.map_run(
        run=run, mapping={"username": 0, "name": {"value": "同名"}}, by=None, at=AT
    )
    commit(run)
    assert Account.objects.get().display_name == "同名"


def test_a_kept_template_serves_the_next_file_of_the_same_make():
    headings = "A,B,C\nwang,x,王\n"
    run = send(headings)
    assert run.mapping == {}
    mapping = {"username": 0, "name": 2}
    actions.map_run(run=run, mapping=mapping, by=None, at=AT, template_name="甲平台")
    assert send(headings).mapping == mapping
    assert send("C,A\n王,wang\n").mapping == {"username": 1, "name": 0}
    actions.drop_template(template=ImportTemplate.objects.get(), by=make_account(), at=AT)
    assert send(headings).mapping == {}


def test_options_must_be_chosen_from_what_there_is():
    for options in ({}, {"shop": ""}, {"shop": "3"}, {"shop": "1", "other": "x"}):
        with pytest.raises(Refusal):
            send(TABLE, kind="test.grouped", options=options)
    assert send(TABLE, kind="test.grouped", options={"shop": "1"}).options == {"shop": "1"}


# --- stages


def test_stages_follow_each_other_and_a_second_click_changes_nothing(
    django_capture_on_commit_callbacks,
):
    account = make_account()
    run = send(rows(12), by=account)
    with pytest.raises(Conflict):
        actions.start_commit(run=run, by=account, at=AT)
    actions.map_run(run=run, mapping=run.mapping, by=account, at=AT)
    actions.start_check(run=run, by=account, at=AT)
    with pytest.raises(Conflict):
        actions.start_commit(run=run, by=account, at=AT)
    with django_capture_on_commit_callbacks(execute=True):
        pass
    run.refresh_from_db()
    assert run.state == RunState.CHECKING


def test_the_whole_way_in_the_background(django_capture_on_commit_callbacks):
    account = make_account()
    run = send(rows(12), by=account)
    actions.map_run(run=run, mapping=run.mapping, by=account, at=AT)
    with django_capture_on_commit_callbacks(execute=True):
        actions.start_check(run=run, by=account, at=AT)
    run.refresh_from_db()
    assert run.state == RunState.CHECKED
    with django_capture_on_commit_callbacks(execute=True):
        actions.start_commit(run=run, by=account, at=AT)
    run.refresh_from_db()
    assert run.state == RunState.DONE
    assert counts(run) == (12, 12, 0, 0)
    assert run.job.state == "done"
    assert run.job.result_url == f"/sheets/{run.key}"
    for again in (actions.start_commit, actions.start_check, actions.cancel_run):
        with pytest.raises(Conflict):
            again(run=run, by=account, at=AT)
    assert Account.objects.filter(username__startswith="u").count() == 12


def test_a_broken_run_says_so_and_can_be_taken_up(monkeypatch, django_capture_on_commit_callbacks):
    account = make_account()
    run = check(send(rows(35), by=account))

    def broken(self, rows, task):
        raise RuntimeError("a fault of ours")

    with monkeypatch.context() as patch:
        patch.setattr(People, "commit_chunk", broken)
        with django_capture_on_commit_callbacks(execute=True):
            actions.start_commit(run=run, by=account, at=AT)
    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert run.key in run.message
    with django_capture_on_commit_callbacks(execute=True):
        actions.start_commit(run=run, by=account, at=AT)
    assert counts(run) == (35, 35, 0, 0)


def test_a_run_whose_job_has_died_can_be_taken_up(django_capture_on_commit_callbacks):
    account = make_account()
    run = check(send(rows(5), by=account))
    actions.start_commit(run=run, by=account, at=AT)
    run.refresh_from_db()
    type(run.job).objects.filter(pk=run.job_id).update(state="failed")
    with django_capture_on_commit_callbacks(execute=True):
        actions.start_commit(run=run, by=account, at=AT)
    assert counts(run) == (5, 5, 0, 0)


def test_cancelling_before_anything_runs():
    account = make_account()
    run = send(rows(5), by=account)
    actions.cancel_run(run=run, by=account, at=AT)
    run.refresh_from_db()
    assert run.state == RunState.CANCELLED
    assert not Account.objects.filter(username="u1").exists()


def test_imports_of_long_ago_go_with_their_files():
    old, new = commit(send(rows(3))), commit(send(rows(3)))
    ImportRun.objects.filter(pk=old.pk).update(created_at=AT - dt.timedelta(days=181))
    busy = send(rows(3))
    ImportRun.objects.filter(pk=busy.pk).update(
        created_at=AT - dt.timedelta(days=300), state=RunState.RUNNING
    )
    assert actions.forget_old(at=AT) == 1
    assert set(ImportRun.objects.all()) == {new, busy}
    assert StoredFile.objects.count() == 3
    assert not ImportChunk.objects.filter(run_id=old.pk).exists()


def test_many_rows_cost_the_same_queries_a_chunk(django_assert_max_num_queries, monkeypatch):
    monkeypatch.setattr(
        People,
        "commit_chunk",
        lambda self, rows, task: [running.Outcome("taken") for _row in rows],
    )
    monkeypatch.setattr(People, "chunk_size", 100)
    run = begun(send(rows(1000)))
    with django_assert_max_num_queries(10 * 8 + 12):
        actions.commit_run(run, step=silent, clock=timezone.now)

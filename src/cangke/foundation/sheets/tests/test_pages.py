import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cangke.foundation.access.public import Account, Roles
from cangke.foundation.files.public import StoredFile
from cangke.foundation.sheets import actions
from cangke.foundation.sheets.models import ImportRun, ImportTemplate, RunState
from tests.factories import client_for, make_account
from tests.factories_sheets import own_importers

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 11, 23, 3, tzinfo=dt.UTC)
TABLE = "登录名,姓名,年龄\nwang,<b>王</b>,30\nli,李,老\n"


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
def account():
    return make_account(Roles.SUPERVISOR)


@pytest.fixture
def client(account):
    return client_for(account)


def file(content=TABLE, name="人员.csv"):
    data = content.encode() if isinstance(content, str) else content
    return SimpleUploadedFile(name, data)


def upload(account, content=TABLE):
    return actions.upload(
        kind="test.people", upload=ContentFile(content.encode(), "人员.csv"), by=account, at=AT
    )


@pytest.mark.requirement("X2")
def test_the_whole_way_through_the_pages(client, account, django_capture_on_commit_callbacks):
    assert "/sheets/new/test.people" in client.get("/sheets/new/").content.decode()
    assert client.get("/sheets/new/test.people").status_code == 200
    answer = client.post("/sheets/new/test.people", {"file": file()})
    run = ImportRun.objects.get()
    assert answer["Location"] == f"/sheets/{run.key}/map"
    page = client.get(answer["Location"]).content.decode()
    assert "&lt;b&gt;王" in page
    assert "第 1 列：登录名" in page
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(
            f"/sheets/{run.key}/map",
            {"map_username": "0", "map_name": "1", "map_age": "2", "template_name_": "甲"},
        )
    assert answer["Location"] == f"/sheets/{run.key}"
    page = client.get(f"/sheets/{run.key}").content.decode()
    assert "年龄：应是整数" in page
    assert "只导入正确的行" in page
    assert Account.objects.filter(username="wang").count() == 0
    client.post(f"/sheets/{run.key}/start")
    run.refresh_from_db()
    assert run.state == RunState.CHECKED
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/sheets/{run.key}/start", {"only_good": "on"})
    run.refresh_from_db()
    assert (run.state, run.taken, run.refused) == (RunState.DONE, 1, 1)
    assert Account.objects.get(username="wang").display_name == "<b>王</b>"
    page = client.get(f"/sheets/{run.key}").content.decode()
    assert run.result.get_absolute_url() in page
    result = client.get(run.result.get_absolute_url())
    assert result["Content-Disposition"].startswith("attachment")
    assert "年龄：应是整数" in b"".join(result.streaming_content).decode("utf-8-sig")
    assert client.post(f"/sheets/{run.key}/start", {"only_good": "on"}).status_code == 409
    listed = client.get("/sheets/").content.decode()
    assert "人员.csv" in listed
    assert ImportTemplate.objects.get().name == "甲"


def test_progress_refreshes_itself_and_can_be_stopped(client, account):
    run = upload(account)
    actions.map_run(run=run, mapping=run.mapping, by=account, at=AT)
    run = actions.start_check(run=run, by=account, at=AT)
    page = client.get(f"/sheets/{run.key}").content.decode()
    assert 'hx-trigger="every 1s"' in page
    part = client.get(f"/sheets/{run.key}?part=status", headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    client.post(f"/sheets/{run.key}/cancel")
    run.job.refresh_from_db()
    assert run.job.cancel_requested


def test_a_run_whose_job_died_shows_it_and_can_be_mapped_again(client, account):
    run = upload(account)
    actions.map_run(run=run, mapping=run.mapping, by=account, at=AT)
    run = actions.start_check(run=run, by=account, at=AT)
    type(run.job).objects.filter(pk=run.job_id).update(state="failed")
    page = client.get(f"/sheets/{run.key}").content.decode()
    assert "中断" in page
    assert "every 1s" not in page
    assert client.get(f"/sheets/{run.key}/map").status_code == 200
    answer = client.post(f"/sheets/{run.key}/map", {"map_username": "0"})
    assert answer.status_code == 302


def test_a_bad_mapping_comes_back_at_its_field(client, account):
    run = upload(account)
    answer = client.post(
        f"/sheets/{run.key}/map", {"map_username": "", "map_age": "=", "value_age": "老"}
    )
    assert answer.status_code == 422
    assert "年龄：应是整数" in answer.content.decode()
    assert client.post(f"/sheets/{run.key}/map", {"map_username": "99"}).status_code == 422
    answer = client.post(f"/sheets/{run.key}/map", {"map_name": "1"})
    assert "请选择“登录名”对应的列" in answer.content.decode()
    run.refresh_from_db()
    assert run.state == RunState.UPLOADED


def test_reading_otherwise(client, account):
    run = upload(account)
    values = {"encoding": "utf-8-sig", "delimiter": ",", "header_row": "2"}
    assert client.post(f"/sheets/{run.key}/read", values).status_code == 302
    run.refresh_from_db()
    assert run.columns == ["wang", "<b>王</b>", "30"]
    answer = client.post(f"/sheets/{run.key}/read", {**values, "encoding": "utf-16"})
    assert answer.status_code == 422
    assert "请换一个" in answer.content.decode()
    assert client.post(f"/sheets/{run.key}/read", {"header_row": "x"}).status_code == 422


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"MZ\x90\x00", "不能上传"),
        (b"", "空"),
        ("登录名\n".encode(), "没有数据行"),
        (b"PK\x03\x04 broken", "损坏"),
    ],
)
def test_a_bad_file_comes_back_with_the_reason(client, content, says):
    answer = client.post("/sheets/new/test.people", {"file": file(content)})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not ImportRun.objects.exists()


def test_no_file_at_all_and_too_large_a_one(client, settings):
    assert client.post("/sheets/new/test.people").status_code == 422
    settings.CANGKE_UPLOAD_LIMIT = 1000
    answer = client.post("/sheets/new/test.people", {"file": file("登录名\n" + "x\n" * 1000)})
    assert answer.status_code == 422
    assert not StoredFile.objects.exists()


def test_an_option_is_asked_for(client):
    answer = client.post("/sheets/new/test.grouped", {"file": file()})
    assert answer.status_code == 422
    answer = client.post("/sheets/new/test.grouped", {"file": file(), "option_shop": "2"})
    assert answer.status_code == 302
    assert ImportRun.objects.get().options == {"shop": "2"}


def test_the_blank_sheet_has_the_headings(client):
    answer = client.get("/sheets/new/test.people/blank")
    assert b"".join(answer.streaming_content).decode("utf-8-sig") == "登录名,姓名,年龄\r\n"


@pytest.mark.requirement("X2")
def test_the_runs_and_files_of_others_are_not_there(account):
    """Design security 8: preview, mapping and result of another's import."""
    run = upload(account)
    actions.map_run(run=run, mapping=run.mapping, by=account, at=AT, template_name="甲")
    for other in (make_account(Roles.ADMIN), make_account(Roles.SUPERVISOR)):
        stranger = client_for(other)
        for address in ("", "/map"):
            assert stranger.get(f"/sheets/{run.key}{address}").status_code == 404
        for address in ("/map", "/read", "/start", "/cancel"):
            assert stranger.post(f"/sheets/{run.key}{address}").status_code == 404
        assert stranger.get(run.file.get_absolute_url()).status_code == 404
        assert "人员.csv" not in stranger.get("/sheets/").content.decode()
    run.refresh_from_db()
    assert run.state == RunState.MAPPED


def test_without_the_permission_of_the_kind_nothing_is_there():
    agent = make_account(Roles.AGENT)
    stranger = client_for(agent)
    assert "test.people" not in stranger.get("/sheets/new/").content.decode()
    assert stranger.get("/sheets/new/test.people").status_code == 403
    assert stranger.post("/sheets/new/test.people", {"file": file()}).status_code == 403
    assert stranger.get("/sheets/new/test.people/blank").status_code == 403
    assert stranger.get("/sheets/new/nothing").status_code == 404
    run = upload(agent)
    assert stranger.get(f"/sheets/{run.key}").status_code == 403
    template = ImportTemplate.objects.create(kind="test.people", name="x", mapping={}, saved_at=AT)
    assert stranger.post(f"/sheets/templates/{template.pk}/drop").status_code == 403
    assert Client().get("/sheets/").status_code == 302


def test_a_template_can_be_dropped(client):
    template = ImportTemplate.objects.create(kind="test.people", name="x", mapping={}, saved_at=AT)
    assert client.post(f"/sheets/templates/{template.pk}/drop").status_code == 302
    assert not ImportTemplate.objects.exists()
    assert client.post(f"/sheets/templates/{template.pk}/drop").status_code == 404


def test_the_list_costs_the_same_however_long(client, account, django_assert_max_num_queries):
    for _n in range(30):
        upload(account)
    client.get("/sheets/")
    with django_assert_max_num_queries(12):
        client.get("/sheets/")

import datetime as dt
import hashlib
import io
import os
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import connection, transaction
from PIL import Image

from cangke.foundation.files import actions, registry, rules
from cangke.foundation.files.models import StoredFile
from cangke.foundation.refusal import Refusal
from tests.factories import make_account

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 11, 23, 3, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        },
    }
    return tmp_path / "files"


def stored_paths(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def keep(data, name="a.txt", **options):
    options = {"purpose": "test", "by": None, "at": AT, **options}
    return actions.store(ContentFile(data, name), **options)


def photo(size=(20, 10)):
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, "JPEG", exif=b"Exif\x00\x00MM\x00*SECRET")
    return out.getvalue()


def test_a_document_is_kept_as_it_is(own_folder):
    account = make_account()
    file = keep(b"%PDF-1.7 hello", "合同.pdf", by=account)
    assert file.content_type == "application/pdf"
    assert file.name == "合同.pdf"
    assert file.size == 14
    assert file.sha256 == hashlib.sha256(b"%PDF-1.7 hello").hexdigest()
    assert file.owner == account
    assert len(file.key) >= 22
    [path] = stored_paths(own_folder)
    assert path.read_bytes() == b"%PDF-1.7 hello"
    assert path.stat().st_mode & 0o777 == 0o600
    assert "合同" not in str(path)
    assert file.key not in str(path)


def test_an_upload_that_was_spooled_to_disk_is_kept(own_folder):
    upload = TemporaryUploadedFile("表.csv", "text/html", 0, None)
    upload.write("订单,数量\n".encode() * 100)
    upload.size = 3  # what a client declares counts for nothing
    file = actions.store(upload, purpose="test", by=None, at=AT)
    assert file.content_type == "text/csv"
    assert file.size == len("订单,数量\n".encode()) * 100
    assert stored_paths(own_folder)[0].stat().st_size == file.size
    upload.close()


def test_a_picture_is_written_anew(own_folder):
    file = keep(photo(), "IMG_0001.pdf", allowed_types=rules.IMAGES)
    assert (file.content_type, file.width, file.height) == ("image/jpeg", 20, 10)
    assert file.name == "IMG_0001.pdf.jpg"
    [path] = stored_paths(own_folder)
    assert b"SECRET" not in path.read_bytes()
    assert file.size == path.stat().st_size
    assert file.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (30 * 1024 * 1024))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "allowed", "status"),
    [
        (b"", "a.txt", None, 415),
        (b"MZ\x90\x00\x00", "bill.pdf", None, 415),
        (b"<html><script>alert(1)</script>", "photo.jpg", None, 415),
        (b'<svg xmlns="x" onload="alert(1)">', "a.svg", None, 415),
        (b"\xff\xd8\xff\xe0 not a photo", "a.jpg", None, 415),
        (b"hello", "a.txt", rules.IMAGES, 415),
        (b"PK\x03\x04 broken", "a.xlsx", None, 415),
        (bomb(), "a.xlsx", None, 413),
        (b"x" * 2_000_001, "a.txt", None, 413),
    ],
)
def test_refusals_say_why_and_keep_nothing(own_folder, settings, data, name, allowed, status):
    settings.CANGKE_UPLOAD_LIMIT = 2_000_000
    with pytest.raises(Refusal) as refused:
        keep(data, name, allowed_types=allowed)
    assert refused.value.status == status
    assert str(refused.value.message)
    assert not StoredFile.objects.exists()
    assert stored_paths(own_folder) == []


def test_a_lower_limit_may_be_asked_for_but_no_higher_one(settings):
    settings.CANGKE_UPLOAD_LIMIT = 100
    with pytest.raises(actions.FileTooLarge):
        keep(b"x" * 101, limit=10_000)
    with pytest.raises(actions.FileTooLarge):
        keep(b"x" * 51, limit=50)
    assert keep(b"x" * 50, limit=50).size == 50


@pytest.mark.parametrize(
    ("data", "name", "content_type"),
    [
        (b"", "empty.bin", "application/octet-stream"),
        (b"MZ\x90\x00\x00", "tool.exe", "application/octet-stream"),
        (b"<html><script>", "page.html", "text/html"),
        (b"\xff\xd8\xff\xe0 not a photo", "a.jpg", "application/octet-stream"),
        (bomb(), "a.xlsx", "application/octet-stream"),
    ],
)
def test_what_arrives_by_itself_is_kept_whole(own_folder, data, name, content_type):
    file = keep(data, name, allowed_types=rules.ANYTHING)
    assert file.content_type == content_type
    assert not file.is_picture
    assert stored_paths(own_folder)[0].read_bytes() == data


def test_keys_never_repeat():
    assert len({keep(b"x").key for _ in range(50)}) == 50


@pytest.mark.django_db(transaction=True)
def test_the_content_goes_with_the_row_once_committed(own_folder):
    file = keep(b"x")
    with transaction.atomic():
        actions.delete_file(file)
        assert stored_paths(own_folder)
    assert stored_paths(own_folder) == []


def test_unreferenced_files_and_contents_without_a_row_are_cleaned_up(
    own_folder, django_capture_on_commit_callbacks
):
    old, new = keep(b"old", at=AT - dt.timedelta(hours=25)), keep(b"new")
    kept = keep(b"kept", purpose="test.kept", at=AT - dt.timedelta(days=9))
    registry.register_access("test.kept", registry.owner_only, keep=True)
    lost = f"{(AT - dt.timedelta(days=2)):%Y/%m/%d}/lost"
    default_storage.save(lost, ContentFile(b"rolled back"))
    os.utime(default_storage.path(lost), (1, 1))
    try:
        with django_capture_on_commit_callbacks(execute=True):
            assert actions.drop_orphans(at=AT) == 2
    finally:
        del registry.PURPOSES["test.kept"]
    assert set(StoredFile.objects.all()) == {new, kept}
    assert not StoredFile.objects.filter(pk=old.pk).exists()
    assert len(stored_paths(own_folder)) == 2


def test_a_file_that_a_row_refers_to_stays(monkeypatch):
    """Any foreign key counts, found from the tables themselves."""
    file = keep(b"x", at=AT - dt.timedelta(days=3))
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE files_test_holder (id integer, file_id bigint)")
    from django.db import models

    class Holder(models.Model):
        file = models.ForeignKey(StoredFile, models.CASCADE, related_name="+")

        class Meta:
            app_label = "files"
            db_table = "files_test_holder"
            managed = False

    relation = Holder._meta.get_field("file").remote_field
    real = StoredFile._meta.get_fields(include_hidden=True)
    monkeypatch.setattr(
        StoredFile._meta,
        "get_fields",
        lambda **options: [*(each for each in real if each is not relation), relation],
    )
    try:
        Holder.objects.create(id=1, file=file)
        assert actions.drop_orphans(at=AT) == 0
        Holder.objects.all().delete()
        assert actions.drop_orphans(at=AT) == 1
    finally:
        from django.apps import apps

        del apps.all_models["files"]["holder"]
        apps.clear_cache()

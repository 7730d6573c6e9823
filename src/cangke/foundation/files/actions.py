from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Collection
from typing import IO, cast

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, ForeignObjectRel, OuterRef, QuerySet
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.refusal import Refusal

from . import registry, rules
from .models import StoredFile

HEAD = 64 * 1024
ORPHAN_AFTER = dt.timedelta(hours=24)


class FileTooLarge(Refusal):
    """The file has more bytes, pixels or unpacked content than allowed."""

    status = 413


class FileRefused(Refusal):
    """The content is not what may be stored here."""

    status = 415


def store(
    upload: File,
    *,
    purpose: str,
    by: Account | None,
    at: dt.datetime,
    allowed_types: Collection[str] | None = None,
    name: str = "",
    limit: int | None = None,
    known_type: str = "",
) -> StoredFile:
    """
    Check an upload by its content and keep it privately; call it before the transaction.

    ``allowed_types`` is one of the sets of `rules` (usual files by default; `ANYTHING` for what
    arrives by itself); ``limit`` in bytes only lowers the installation's. Pictures are written
    anew, upright and without metadata. ``known_type`` is taken at its word: for plain text that the
    caller wrote or reads itself, and which is only ever handed out as an attachment.

    :raises FileTooLarge: by bytes, pixels, or what it would unpack to
    :raises FileRefused: if the content is empty, broken or of another type
    """
    if known_type and not known_type.startswith("text/"):
        raise ValueError("only plain text is taken at its word")
    allowed = rules.USUAL if allowed_types is None else frozenset(allowed_types)
    anything = allowed == rules.ANYTHING
    most = settings.CANGKE_UPLOAD_LIMIT
    if limit is not None:
        most = limit if known_type else min(limit, most)
    size = _count_bytes(upload, most)
    upload.seek(0)
    head = upload.read(HEAD)
    given_name = name or str(upload.name or "")
    content_type = known_type or rules.sniff(head, given_name)
    if not size and not anything and not known_type:
        raise FileRefused(_("文件是空的，请重新选择。"))
    content: File = upload
    width = height = None
    try:
        if content_type == "application/zip":
            content_type = rules.inspect_package(cast(IO[bytes], upload.file), size=size)
        if content_type in rules.IMAGES:
            upload.seek(0)
            picture = rules.clean_picture(
                upload.read(), content_type, most_pixels=settings.CANGKE_IMAGE_PIXELS
            )
            content, size = ContentFile(picture.data), len(picture.data)
            width, height = picture.width, picture.height
    except (rules.PackedTooLarge, rules.PictureTooLarge) as error:
        if not anything:
            raise FileTooLarge(_too_large(content_type)) from error
        content_type = "application/octet-stream"
    except (rules.PackedUnsafe, rules.PictureBroken) as error:
        if not anything:
            raise FileRefused(_broken(content_type, str(error))) from error
        content_type = "application/octet-stream"
    if not anything and not known_type and content_type not in allowed:
        raise FileRefused(_wrong_type(content_type, allowed))
    file = StoredFile(
        name=rules.safe_name(given_name, content_type),
        purpose=purpose,
        owner=by,
        created_at=at,
        content_type=content_type,
        width=width,
        height=height,
        sha256=_digest(content),
        size=size,
    )
    content.seek(0)
    file.content.save(file.name, content, save=False)
    _sync(file)
    file.save()
    return file


def _count_bytes(upload: File, limit: int) -> int:
    """Count what is really there; the declared size is not believed."""
    counted = 0
    for chunk in upload.chunks():
        counted += len(chunk)
        if counted > limit:
            raise FileTooLarge(
                _("文件超过 %d MB，请压缩或分开上传。") % max(limit // (1024 * 1024), 1)
            )
    return counted


def _digest(content: File) -> str:
    digest = hashlib.sha256()
    for chunk in content.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def _sync(file: StoredFile) -> None:
    """Have the content on the disk before its row says that it is there."""
    handle = os.open(file.content.path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _too_large(content_type: str) -> str:
    if content_type in rules.IMAGES:
        return _("图片的像素太大，请缩小后再上传。")
    return _("压缩文件解开后过大，请拆分后再上传。")


def _broken(content_type: str, reason: str) -> str:
    if content_type in rules.IMAGES:
        return _("图片无法打开，请确认文件完整后重新上传。")
    if reason == "macros":
        return _("文件带有宏，请另存为不带宏的格式再上传。")
    if reason == "encrypted":
        return _("文件有密码，请去掉密码再上传。")
    return _("文件已损坏或不安全，请另存一份后再上传。")


def _wrong_type(content_type: str, allowed: Collection[str]) -> str:
    extensions = sorted(rules.EXTENSIONS[each][0] for each in allowed if each in rules.EXTENSIONS)
    return _("不能上传这类文件（内容识别为 %(found)s）；可以上传：%(allowed)s。") % {
        "found": content_type,
        "allowed": " ".join(extensions),
    }


def delete_file(file: StoredFile) -> None:
    """Delete a file; its content goes once the transaction is committed."""
    storage, path = file.content.storage, str(file.content.name)
    with transaction.atomic():
        file.delete()
        transaction.on_commit(lambda: storage.delete(path), robust=True)


def _unreferenced(before: dt.datetime) -> QuerySet[StoredFile]:
    """Files that no row of any room refers to."""
    rows = StoredFile.objects.filter(created_at__lt=before)
    for relation in StoredFile._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and not relation.many_to_many:
            link = relation.field
            rows = rows.filter(
                ~Exists(link.model._base_manager.filter(**{link.name: OuterRef("pk")}))
            )
    kept = [code for code, each in registry.PURPOSES.items() if each.keep]
    return rows.exclude(purpose__in=kept)


def drop_orphans(*, at: dt.datetime, limit: int = 500) -> int:
    """
    Delete files a day old that nothing refers to, and contents whose row was rolled back.

    Return how many were deleted.
    """
    before = at - ORPHAN_AFTER
    dropped = 0
    for file in list(_unreferenced(before).order_by("pk")[:limit]):
        delete_file(file)
        dropped += 1
    for back in range(1, 4):
        day = (at - dt.timedelta(days=back)).strftime("%Y/%m/%d")
        if not default_storage.exists(day):
            continue
        names = {f"{day}/{name}" for name in default_storage.listdir(day)[1]}
        known = set(
            StoredFile.objects.filter(content__startswith=f"{day}/").values_list(
                "content", flat=True
            )
        )
        for name in sorted(names - known):
            if default_storage.get_modified_time(name) < before:
                default_storage.delete(name)
                dropped += 1
    return dropped

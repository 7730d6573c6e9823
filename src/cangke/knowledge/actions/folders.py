from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record

from ..models import ScriptFolder
from .refusals import BadWords, FolderInUse

DEEPEST = 3


@transaction.atomic
def save_folder(
    *,
    name: str,
    by: Account | None,
    at: dt.datetime,
    name_en: str = "",
    parent: ScriptFolder | None = None,
    folder_id: int | None = None,
) -> ScriptFolder:
    """
    Add a folder, or rename and move one.

    :raises BadWords: if the name is empty or taken there, or the tree would be too deep
    """
    name = name.strip()
    if not name:
        raise BadWords(_("请填写名称。"), field="name")
    folder = (
        ScriptFolder.objects.select_for_update().get(pk=folder_id) if folder_id else ScriptFolder()
    )
    if ScriptFolder.objects.filter(parent=parent, name=name).exclude(pk=folder.pk).exists():
        raise BadWords(_("这里已经有“%s”。") % name, field="name")
    depth, above = 1, parent
    while above is not None:
        if above.pk == folder.pk or depth >= DEEPEST:
            raise BadWords(_("目录最多 %d 层，也不能放进自己里面。") % DEEPEST, field="parent")
        depth, above = depth + 1, above.parent
    if not folder.pk:
        last = ScriptFolder.objects.filter(parent=parent).aggregate(last=Max("position"))["last"]
        folder.position = (last or 0) + 1
    folder.name, folder.name_en, folder.parent = name, name_en.strip(), parent
    folder.save()
    record("knowledge.folder_saved", obj=folder, by=by, at=at, changes={"name": name})
    return folder


@transaction.atomic
def remove_folder(*, folder_id: int, by: Account | None, at: dt.datetime) -> None:
    """:raises FolderInUse: if scripts or folders lie in it"""
    folder = ScriptFolder.objects.select_for_update().get(pk=folder_id)
    if folder.children.exists() or folder.scripts.exists():
        raise FolderInUse(_("目录里还有内容，先移走再删。"))
    record("knowledge.folder_removed", obj=folder, by=by, at=at, changes={"name": folder.name})
    folder.delete()

"""A small importer of accounts, for the tests of sheets."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from cangke.foundation.access.public import PERMISSIONS, Account, Roles, permission
from cangke.foundation.sheets import public as sheets
from cangke.foundation.sheets import registry

PERMISSION = "test.import"


class People(sheets.Importer):
    """Accounts by login name, so that a table of their own is not needed."""

    kind = "test.people"
    label = "人员"
    permission = PERMISSION
    chunk_size = 10
    fields = (
        sheets.Field("username", "登录名", aliases=("login", "UserName"), required=True),
        sheets.Field("name", "姓名", aliases=("Name",), parse=sheets.text(most=20)),
        sheets.Field("age", "年龄", parse=sheets.whole(least=0, most=150), default=None),
    )
    fail_at = ""  # a login name at which the process dies

    def row(self, values: dict[str, Any], line: int) -> dict[str, Any]:
        if values["name"] == "禁止":
            raise sheets.BadRow("不能叫这个名字", field="name")
        return values

    def commit_chunk(
        self, rows: Sequence[sheets.Row], task: sheets.Task
    ) -> Sequence[sheets.Outcome]:
        names = [row.values["username"] for row in rows]
        if self.fail_at in names:
            raise SystemExit("killed")
        known = {each.username: each for each in Account.objects.filter(username__in=names)}
        outcomes = []
        for row in rows:
            username, name = row.values["username"], row.values["name"]
            if username in known and known[username].display_name == name:
                outcomes.append(sheets.unchanged(username))
                continue
            if name == "坏":
                Account.objects.create(username=names[0] if names[0] != username else "dup")
                Account.objects.create(username=names[0] if names[0] != username else "dup")
            account = known.setdefault(username, Account(username=username))
            account.display_name = name
            account.save()
            outcomes.append(sheets.taken(username))
        return outcomes


class Grouped(People):
    """The same, with rows of one name kept together and a shop chosen for the file."""

    kind = "test.grouped"
    group_by = "name"
    options = (sheets.Option("shop", "店铺", lambda account: [("1", "一店"), ("2", "二店")]),)
    seen: list[list[str]] = []  # what each chunk held, for the tests to look at

    def commit_chunk(
        self, rows: Sequence[sheets.Row], task: sheets.Task
    ) -> Sequence[sheets.Outcome]:
        type(self).seen.append([row.values["username"] for row in rows])
        return [sheets.taken(task.options["shop"]) for _row in rows]


@contextmanager
def own_importers() -> Iterator[None]:
    """Both importers and their permission, for the length of a test."""
    permission(PERMISSION, "导入测试", roles=[Roles.SUPERVISOR])
    Grouped.seen.clear()
    for each in (People, Grouped):
        sheets.register_importer(each)
    try:
        yield
    finally:
        for each in (People, Grouped):
            del registry.IMPORTERS[each.kind]
        del PERMISSIONS[PERMISSION]

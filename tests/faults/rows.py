"""A house with a little of everything, and what its tables say: run inside an installation."""

from __future__ import annotations

import hashlib
import json
import sys


def live() -> dict[str, str]:
    """Write the rows of some days, some of them odd; return the digests of all tables."""
    from django.db import connection
    from django.utils import timezone

    from cangke import demo
    from cangke.desk import actions
    from cangke.foundation.live.models import LiveEvent

    demo.load(at=timezone.now(), days=2)
    while actions.index_new(at=timezone.now()):
        pass
    LiveEvent.objects.order_by("-pk").first().delete()  # type: ignore[union-attr]
    with connection.cursor() as cursor:  # an older version let such a thing in
        cursor.execute(
            "UPDATE customers_customer SET display_name = %s WHERE id = "
            "(SELECT MIN(id) FROM customers_customer)",
            ["Zoë\\u0000\x00吴"],
        )
    return digests()


def digests() -> dict[str, str]:
    """Table → number of rows and digest of what they say, in the order of their keys."""
    from django.apps import apps
    from django.db.models.expressions import RawSQL

    from cangke.foundation.access.secrets import SecretField

    found = {}
    for model in apps.get_models(include_auto_created=True):
        digest, count = hashlib.sha256(), 0
        # What is stored under a key is compared as it is stored.
        wanted = [
            RawSQL(f'"{column.column}"', []) if isinstance(column, SecretField) else column.attname
            for column in model._meta.concrete_fields
        ]
        for row in model._base_manager.order_by("pk").values_list(*wanted).iterator():
            plain = [each.replace("\0", "\ufffd") if type(each) is str else each for each in row]
            digest.update(json.dumps(plain, sort_keys=True, default=repr).encode())
            count += 1
        found[model._meta.db_table] = f"{count} {digest.hexdigest()}"
    return found


if __name__ == "__main__":
    import django

    django.setup()
    sys.stdout.write(json.dumps(live(), ensure_ascii=False))

"""
The limit to compare with: Django with one INSERT view and one list view, on the same server.

No login, no audit, no routing: what a page costs at least. Run as ``python -m bench.bare PORT``.
"""

from __future__ import annotations

import os
import sys

from django.conf import settings


def configure() -> None:
    """A Django project in one file, on the database of the run."""
    import environ

    database = environ.Env().db_url(
        "CANGKE_DATABASE_URL", default=f"sqlite:///{os.environ['CANGKE_DATA']}/bare.sqlite3"
    )
    if database["ENGINE"].endswith("sqlite3"):
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;",
        }
    else:
        database["OPTIONS"] = {**database.get("OPTIONS", {}), "pool": {"max_size": 8}}
    settings.configure(
        SECRET_KEY="bare-limit-of-the-bench",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF="bench.bare_urls",
        DATABASES={"default": database},
        USE_TZ=True,
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    )


TABLE = """
CREATE TABLE IF NOT EXISTS bare_row (
  id {serial}, state INTEGER NOT NULL, body TEXT NOT NULL, at TIMESTAMP NOT NULL
)
"""


def seed(rows: int) -> None:
    """Fill the table: state 0 is open, every tenth row."""
    from django.db import connection, transaction
    from django.utils import timezone

    serial = (
        "INTEGER PRIMARY KEY AUTOINCREMENT"
        if connection.vendor == "sqlite"
        else "BIGSERIAL PRIMARY KEY"
    )
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(TABLE.format(serial=serial))
        cursor.execute("CREATE INDEX IF NOT EXISTS bare_open ON bare_row (state, id)")
        with transaction.atomic():
            for start in range(0, rows, 5000):
                cursor.executemany(
                    "INSERT INTO bare_row (state, body, at) VALUES (%s, %s, %s)",
                    [(i % 10, "海外仓客服消息" * 8, now) for i in range(start, start + 5000)],
                )


def main() -> None:
    configure()
    import django

    django.setup()
    from django.core.asgi import get_asgi_application

    seed(int(sys.argv[2]))
    import uvicorn

    uvicorn.run(
        get_asgi_application(),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        log_level="error",
        access_log=False,
        lifespan="off",
    )


if __name__ == "__main__":
    main()

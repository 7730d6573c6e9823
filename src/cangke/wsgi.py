"""Pages for WSGI servers; streams need `cangke live`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cangke.settings")


def _application() -> object:
    pages = get_wsgi_application()
    from cangke.foundation.loaded import keep_loaded

    keep_loaded()
    return pages


application = _application()

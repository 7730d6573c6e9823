"""The one ASGI application: pages and streams."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cangke.settings")


def _application() -> object:
    pages_and_streams = get_asgi_application()
    from cangke.foundation.live.public import SharedThreads
    from cangke.foundation.loaded import keep_loaded

    keep_loaded()
    return SharedThreads(pages_and_streams)


application = _application()

"""The one ASGI application: pages and streams."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cangke.settings")


def _application() -> object:
    streams = get_asgi_application()
    from cangke.foundation.live.public import PageHandler, SharedThreads
    from cangke.foundation.loaded import keep_loaded

    keep_loaded()
    return SharedThreads(streams, PageHandler())


application = _application()

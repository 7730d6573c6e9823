"""The one ASGI application: pages and streams."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cangke.settings")

application = get_asgi_application()

"""Pages for WSGI servers; streams need `cangke live`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cangke.settings")

application = get_wsgi_application()

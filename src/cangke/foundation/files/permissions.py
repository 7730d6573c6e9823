from cangke.foundation.access.public import classify

from .models import StoredFile

classify(
    StoredFile,
    internal=["name", "size", "content_type", "purpose", "created_at", "width", "height"],
    secret=["key", "content", "sha256"],
)

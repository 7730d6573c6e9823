"""The front door of files."""

from .actions import FileRefused, FileTooLarge, delete_file, drop_orphans, store
from .models import StoredFile
from .queries import get_readable
from .registry import owner_only, register_access
from .replies import attachment
from .rules import (
    ANYTHING,
    AUDIO,
    DOCUMENTS,
    IMAGES,
    SHEETS,
    TEXTS,
    USUAL,
    VIDEO,
    PackedTooLarge,
    PackedUnsafe,
    inspect_package,
    safe_name,
    sniff,
)

__all__ = [
    "ANYTHING",
    "AUDIO",
    "DOCUMENTS",
    "IMAGES",
    "SHEETS",
    "TEXTS",
    "USUAL",
    "VIDEO",
    "FileRefused",
    "FileTooLarge",
    "PackedTooLarge",
    "PackedUnsafe",
    "StoredFile",
    "attachment",
    "delete_file",
    "drop_orphans",
    "get_readable",
    "inspect_package",
    "owner_only",
    "register_access",
    "safe_name",
    "sniff",
    "store",
]

"""What a file is, by its content; what it may be called; what it may unpack to. No Django."""

from .names import safe_name
from .packed import PackedTooLarge, PackedUnsafe, inspect_package
from .pictures import PictureBroken, PictureTooLarge, clean_picture, measure_picture
from .types import (
    ANYTHING,
    AUDIO,
    DOCUMENTS,
    EXTENSIONS,
    IMAGES,
    SHEETS,
    TEXTS,
    USUAL,
    VIDEO,
    sniff,
)

__all__ = [
    "ANYTHING",
    "AUDIO",
    "DOCUMENTS",
    "EXTENSIONS",
    "IMAGES",
    "SHEETS",
    "TEXTS",
    "USUAL",
    "VIDEO",
    "PackedTooLarge",
    "PackedUnsafe",
    "PictureBroken",
    "PictureTooLarge",
    "clean_picture",
    "inspect_package",
    "measure_picture",
    "safe_name",
    "sniff",
]

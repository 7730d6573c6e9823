"""Pictures: measured from their header first, then decoded and written anew without metadata."""

from __future__ import annotations

import io
import struct
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps

MOST_PIXELS = 50_000_000
MOST_SIDE = 20_000
MOST_FRAMES = 300
LARGE_PIXELS = 25_000_000  # larger JPEGs are decoded at half size
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP"}
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, LookupError, TypeError, OverflowError,
           ArithmeticError, MemoryError, struct.error)  # fmt: skip


class PictureTooLarge(ValueError):
    """Decoded it would take more memory than allowed."""


class PictureBroken(ValueError):
    """The content is not a picture that can be shown."""


@dataclass(frozen=True)
class Picture:
    """A picture written anew: its bytes, content type and size in pixels."""

    data: bytes
    content_type: str
    width: int
    height: int


def measure_picture(data: bytes, content_type: str) -> tuple[int, int, int]:
    """
    Return width, height and frames from the header alone, decoding nothing.

    :raises PictureBroken: if the header does not say
    """
    try:
        if content_type == "image/png":
            width, height = struct.unpack(">II", data[16:24])
            return width, height, 1
        if content_type == "image/gif":
            width, height = struct.unpack("<HH", data[6:10])
            return width, height, _count_gif_frames(data)
        if content_type == "image/webp":
            return _measure_webp(data)
        return (*_measure_jpeg(data), 1)
    except (struct.error, IndexError) as error:
        raise PictureBroken("header") from error


def _measure_jpeg(data: bytes) -> tuple[int, int]:
    place = 2
    while True:
        while data[place] != 0xFF:
            place += 1
        while data[place] == 0xFF:
            place += 1
        marker = data[place]
        if marker in (0xD8, 0x01) or 0xD0 <= marker <= 0xD7:
            place += 1
            continue
        if marker in (0xD9, 0xDA):
            raise PictureBroken("no size")
        (length,) = struct.unpack(">H", data[place + 1 : place + 3])
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[place + 4 : place + 8])
            return width, height
        place += 1 + max(length, 2)


def _measure_webp(data: bytes) -> tuple[int, int, int]:
    kind = data[12:16]
    if kind == b"VP8X":
        width = int.from_bytes(data[24:27], "little") + 1
        height = int.from_bytes(data[27:30], "little") + 1
        return width, height, max(data.count(b"ANMF"), 1)
    if kind == b"VP8L":
        (bits,) = struct.unpack("<I", data[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, 1
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", data[26:30])
        return width & 0x3FFF, height & 0x3FFF, 1
    raise PictureBroken("no size")


def _count_gif_frames(data: bytes) -> int:
    """Walk the blocks of a GIF; stop counting past the limit."""
    place = 13 + _colours(data[10])
    frames = 0
    while frames <= MOST_FRAMES:
        mark = data[place]
        if mark == 0x2C:
            frames += 1
            place += 10 + _colours(data[place + 9]) + 1
        elif mark == 0x21:
            place += 2
        else:
            break
        while data[place]:
            place += data[place] + 1
        place += 1
    return max(frames, 1)


def _colours(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def clean_picture(data: bytes, content_type: str, *, most_pixels: int = MOST_PIXELS) -> Picture:
    """
    Decode a picture and write it anew, upright and without metadata.

    :raises PictureTooLarge: by pixels, side or frames, before anything is decoded
    :raises PictureBroken: if it cannot be decoded
    """
    width, height, frames = measure_picture(data, content_type)
    if not width or not height:
        raise PictureBroken("empty")
    if max(width, height) > MOST_SIDE or frames > MOST_FRAMES:
        raise PictureTooLarge("side or frames")
    if width * height * frames > most_pixels * (2 if frames > 1 else 1):
        raise PictureTooLarge("pixels")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _write_anew(data, content_type, (width, height), frames)
    except (*_BROKEN, Image.DecompressionBombError) as error:
        raise PictureBroken("decode") from error


def _write_anew(data: bytes, content_type: str, size: tuple[int, int], frames: int) -> Picture:
    kind = _FORMATS[content_type]
    with Image.open(io.BytesIO(data), formats=[kind]) as opened:
        if opened.size != size:
            raise PictureBroken("two sizes")
        out = io.BytesIO()
        if frames > 1:
            # Frames are decoded one after the other while they are written.
            opened.save(
                out,
                format=kind,
                save_all=True,
                exif=b"",
                xmp=b"",
                icc_profile=None,
                **({"comment": b""} if kind == "GIF" else {}),
            )
            return Picture(out.getvalue(), content_type, *opened.size)
        if kind == "JPEG" and size[0] * size[1] > LARGE_PIXELS:
            opened.draft("RGB", (size[0] // 2, size[1] // 2))
        opened.load()
        upright = ImageOps.exif_transpose(opened)
        plain = _plain(upright, kind)
        options = {"JPEG": {"quality": 88}, "PNG": {}, "GIF": {}, "WEBP": {"quality": 88}}[kind]
        plain.save(out, format=kind, **options)
        return Picture(out.getvalue(), content_type, *plain.size)


def _plain(image: Image.Image, kind: str) -> Image.Image:
    """Return the pixels alone, in a colour mode the format can hold."""
    if kind == "JPEG":
        mode = image.mode if image.mode in ("L", "RGB") else "RGB"
    elif kind == "WEBP":
        mode = "RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB"
    elif image.mode in ("P", "I;16", "I", "F", "CMYK", "YCbCr", "LAB", "HSV"):
        mode = "RGBA" if "transparency" in image.info else "RGB"
    else:
        mode = image.mode
    plain = image.convert(mode)
    # What Pillow would write again: text chunks, comments, profiles, orientation.
    plain.info = {}
    return plain

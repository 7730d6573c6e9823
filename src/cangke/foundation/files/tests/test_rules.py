import contextlib
import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from cangke.foundation.files import rules
from cangke.foundation.files.rules import types


def picture(kind="PNG", size=(8, 6), mode="RGB", **options):
    out = io.BytesIO()
    Image.new(mode, size, "red" if mode == "RGB" else 0).save(out, kind, **options)
    return out.getvalue()


def package(entries, *, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


# --- types


@pytest.mark.parametrize(
    ("head", "name", "content_type"),
    [
        (picture("JPEG"), "a.pdf", "image/jpeg"),
        (picture("PNG"), "a", "image/png"),
        (picture("GIF"), "a.jpg", "image/gif"),
        (picture("WEBP"), "", "image/webp"),
        (b"%PDF-1.7\n...", "a.txt", "application/pdf"),
        (package({"a": "b"}), "a.xlsx", "application/zip"),
        (b"MZ\x90\x00\x03\x00", "bill.pdf", types.UNKNOWN),
        (b"\x7fELF\x02\x01\x01\x00", "a.txt", types.UNKNOWN),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "", "audio/wav"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "a.wav", types.UNKNOWN),
        (b"OggS\x00\x02", "", "audio/ogg"),
        (b"ID3\x04\x00", "", "audio/mpeg"),
        (b"#!AMR\n", "", "audio/amr"),
        (b"\x00\x00\x00\x20ftypM4A \x00", "", "audio/mp4"),
        (b"\x00\x00\x00\x20ftypisom\x00", "", "video/mp4"),
        (b"\x00\x00\x00\x20ftypheic\x00", "a.jpg", types.UNKNOWN),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), "", types.XLS),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.xls", types.UNKNOWN),
        ("订单号,数量\n".encode(), "a.csv", "text/csv"),
        ("订单号,数量\n".encode("gb18030"), "a.csv", "text/csv"),
        ("订单号\t数量\n".encode("utf-16"), "a.txt", "text/plain"),
        (b"hello", "run.exe", "text/plain"),
        (b"<html><script>alert(1)</script>", "photo.jpg", "text/html"),
        (b"  \n<!DOCTYPE html>", "a.txt", "text/html"),
        (b"hi <script src=x></script>", "a.csv", "text/html"),
        (b'<?xml version="1.0"?><svg onload="x">', "a.png", "image/svg+xml"),
        (b"<?xml version='1.0'?><!DOCTYPE x>", "a.txt", "text/html"),
        (b"From: a@b.c\r\nSubject: hi\r\n\r\nbody", "mail.eml", "message/rfc822"),
        (b"From: a@b.c\r\nSubject: hi\r\n\r\n<html>", "mail.eml", "message/rfc822"),
        (b"From here on\nnothing", "mail.eml", "text/plain"),
        (b"text with \x00 in it", "a.txt", types.UNKNOWN),
        (b"", "a.txt", types.UNKNOWN),
    ],
)
def test_a_file_is_what_its_content_says(head, name, content_type):
    """Design security 31: a name that lies about the kind."""
    assert rules.sniff(head, name) == content_type


def test_sound_frames_are_recognised_only_in_a_row():
    frame = b"\xff\xfb\x90\x00" + bytes(413)
    assert rules.sniff(frame * 2) == "audio/mpeg"
    assert rules.sniff(frame + b"xx") == types.UNKNOWN


@given(head=st.binary(max_size=300), name=st.text(max_size=20))
def test_sniffing_never_fails(head, name):
    assert isinstance(rules.sniff(head, name), str)


def test_markup_is_never_among_the_usual_types():
    assert not {"text/html", "image/svg+xml", "application/zip", types.UNKNOWN} & rules.USUAL


# --- names


@pytest.mark.parametrize(
    ("given_name", "content_type", "safe"),
    [
        ("照片.jpg", "image/jpeg", "照片.jpg"),
        ("../../etc/passwd", "", "passwd"),
        ("C:\\Users\\x\\账单.pdf", "application/pdf", "账单.pdf"),
        ("a\x00b.txt", "text/plain", "ab.txt"),
        ("a\r\nSet-Cookie: x.txt", "text/plain", "a Set-Cookie_ x.txt"),
        ("fdp.\u202egnp.exe", "", "fdp.gnp.exe"),
        ("CON", "", "_CON"),
        ("con.txt", "text/plain", "_con.txt"),
        ("", "", "file"),
        ("...", "", "file"),
        ("/", "", "file"),
        (".htaccess", "text/plain", "htaccess.txt"),
        ("bill.pdf", "image/png", "bill.pdf.png"),
        ("run.exe", "text/plain", "run.exe.txt"),
        ("PHOTO.JPEG", "image/jpeg", "PHOTO.JPEG"),
        ('a"b<c>|?.png', "image/png", "a_b_c___.png"),
        ("e\u0301.txt", "text/plain", "\u00e9.txt"),
        ("\ud800x.txt", "text/plain", "x.txt"),
    ],
)
def test_names_are_made_safe(given_name, content_type, safe):
    """Design security 32: paths, NUL, line breaks, directions, long and reserved names."""
    assert rules.safe_name(given_name, content_type) == safe


@given(name=st.text(max_size=400), kind=st.sampled_from(["", *rules.EXTENSIONS]))
def test_any_name_becomes_a_short_plain_one(name, kind):
    safe = rules.safe_name(name, kind)
    assert 0 < len(safe) <= 120
    assert not set('/\\\x00\r\n"<>|') & set(safe)
    assert safe == rules.safe_name(safe, kind)
    safe.encode()


def test_a_long_name_keeps_its_extension():
    assert rules.safe_name("长" * 300 + ".pdf", "application/pdf").endswith("长.pdf")


# --- packed files


@pytest.mark.parametrize(
    ("main", "content_type"),
    [
        ("xl/workbook.xml", types.XLSX),
        ("word/document.xml", types.DOCX),
        ("other.txt", types.PACKAGE),
    ],
)
def test_packed_files_are_told_apart(main, content_type):
    data = package({"[Content_Types].xml": "<x/>", main: "<x/>"})
    assert rules.inspect_package(io.BytesIO(data), size=len(data)) == content_type


def test_a_bomb_is_stopped_by_counting():
    """Design security 37: a packed file that swells."""
    data = package({"xl/workbook.xml": "<x/>", "xl/sheet.xml": b"0" * (30 * 1024 * 1024)})
    assert len(data) < 100_000
    with pytest.raises(rules.PackedTooLarge):
        rules.inspect_package(io.BytesIO(data), size=len(data))


def test_a_package_that_lies_about_its_sizes_is_stopped():
    data = bytearray(package({"xl/workbook.xml": b"0" * (30 * 1024 * 1024)}))
    for start in (data.index(b"PK\x03\x04") + 22, data.index(b"PK\x01\x02") + 24):
        data[start : start + 4] = struct.pack("<I", 100)
    with pytest.raises((rules.PackedTooLarge, rules.PackedUnsafe)):
        rules.inspect_package(io.BytesIO(bytes(data)), size=len(data))


def test_too_many_entries_are_refused():
    data = package({f"{n}": "" for n in range(5_001)})
    with pytest.raises(rules.PackedTooLarge):
        rules.inspect_package(io.BytesIO(data), size=len(data))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_entities_are_refused(encoding):
    """Design security 38: entities in office files."""
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'.encode(encoding)
    data = package({"xl/workbook.xml": bomb})
    with pytest.raises(rules.PackedUnsafe, match="document type"):
        rules.inspect_package(io.BytesIO(data), size=len(data))


def test_macros_and_damage_are_refused():
    data = package({"xl/workbook.xml": "<x/>", "xl/vbaProject.bin": "x"})
    with pytest.raises(rules.PackedUnsafe, match="macros"):
        rules.inspect_package(io.BytesIO(data), size=len(data))
    whole = package({"xl/workbook.xml": "<x/>" * 1000})
    for broken in (whole[:-30], whole[:40] + b"\x00" * 40 + whole[80:], b"PK\x03\x04"):
        with pytest.raises(rules.PackedUnsafe):
            rules.inspect_package(io.BytesIO(broken), size=len(broken))


# --- pictures


@pytest.mark.parametrize(
    ("kind", "content_type"),
    [
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("GIF", "image/gif"),
        ("WEBP", "image/webp"),
    ],
)
def test_pictures_are_measured_and_written_anew(kind, content_type):
    data = picture(kind, (31, 17))
    assert rules.measure_picture(data, content_type) == (31, 17, 1)
    clean = rules.clean_picture(data, content_type)
    assert (clean.width, clean.height, clean.content_type) == (31, 17, content_type)
    assert rules.sniff(clean.data) == content_type


@pytest.mark.parametrize("lossless", [True, False])
def test_webp_is_measured_in_all_its_forms(lossless):
    data = picture("WEBP", (300, 200), lossless=lossless)
    assert rules.measure_picture(data, "image/webp") == (300, 200, 1)
    data = picture("WEBP", (300, 200), mode="RGBA", lossless=lossless, exif=b"Exif\x00\x00x")
    assert rules.measure_picture(data, "image/webp") == (300, 200, 1)


def test_a_picture_forgets_where_it_was_taken_and_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SECRETCAM"
    exif.get_ifd(0x8825)[2] = (31.0, 13.0, 0.0)
    data = picture("JPEG", (40, 20), exif=exif.tobytes(), comment=b"SECRETNOTE")
    assert b"SECRETCAM" in data
    clean = rules.clean_picture(data, "image/jpeg")
    assert (clean.width, clean.height) == (20, 40)
    assert b"SECRET" not in clean.data
    assert b"Exif" not in clean.data


def test_text_hidden_in_a_png_is_dropped():
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "<script>SECRET</script>")
    clean = rules.clean_picture(picture("PNG", pnginfo=notes) + b"<script>SECRET", "image/png")
    assert b"SECRET" not in clean.data


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_modes_of_colour_survive(kind):
    for mode in ("RGBA", "L", "P", "RGB"):
        if kind == "WEBP" and mode == "P":
            continue
        image = Image.new(mode, (5, 5))
        out = io.BytesIO()
        image.save(out, kind)
        content_type = f"image/{kind.lower()}"
        assert rules.clean_picture(out.getvalue(), content_type).width == 5


def moving(kind, frames, size=(10, 10)):
    out = io.BytesIO()
    images = [Image.new("RGB", size, (n * 83 % 255, n * 37 % 255, n // 255)) for n in range(frames)]
    images[0].save(out, kind, save_all=True, append_images=images[1:], duration=50)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_a_moving_picture_keeps_moving(kind):
    data = moving(kind, 5)
    assert rules.measure_picture(data, f"image/{kind.lower()}") == (10, 10, 5)
    clean = rules.clean_picture(data, f"image/{kind.lower()}")
    with Image.open(io.BytesIO(clean.data)) as image:
        assert image.n_frames == 5


def test_ten_thousand_frames_are_refused_before_decoding():
    """Design security 39: too many frames."""
    one = moving("GIF", 2)
    block_start = one.index(b"\x21\xf9")
    data = one[:-1] + one[block_start:-1] * 5000 + b";"
    with pytest.raises(rules.PictureTooLarge):
        rules.clean_picture(data, "image/gif")


def huge_png(width, height):
    data = bytearray(picture("PNG"))
    data[16:24] = struct.pack(">II", width, height)
    return bytes(data)


@pytest.mark.parametrize("size", [(30_000, 30_000), (10_000, 10_000), (2**31, 1)])
def test_huge_pictures_are_refused_before_decoding(size):
    """Design security 39: too many pixels."""
    with pytest.raises(rules.PictureTooLarge):
        rules.clean_picture(huge_png(*size), "image/png")


def test_a_large_photo_is_taken_at_half_size():
    clean = rules.clean_picture(picture("JPEG", (6000, 4500), "L"), "image/jpeg")
    assert (clean.width, clean.height) == (3000, 2250)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_damaged_picture_is_refused(kind):
    whole = picture(kind, (50, 50))
    for data in (whole[:15], whole[: len(whole) // 3], whole[:30] + b"\xff" * (len(whole) - 30)):
        with pytest.raises((rules.PictureBroken, rules.PictureTooLarge)):
            rules.clean_picture(data, f"image/{kind.lower()}")


@given(
    kind=st.sampled_from(["JPEG", "PNG", "GIF", "WEBP"]),
    changes=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=30),
)
def test_a_mutilated_picture_is_taken_or_refused_but_never_an_error(kind, changes):
    data = bytearray(picture(kind, (9, 9)))
    for place, value in changes:
        data[place % len(data)] = value
    with contextlib.suppress(rules.PictureBroken, rules.PictureTooLarge):
        rules.clean_picture(bytes(data), f"image/{kind.lower()}", most_pixels=1_000_000)

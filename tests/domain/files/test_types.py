"""Names that are safe to show and to save, and kinds that content shows."""

import pytest

from ticket_portal.domain.errors import FileKindRefused
from ticket_portal.domain.files import types


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("screen shot.png", "screen shot.png"),
        ("Überweisung – số dư.pdf", "Überweisung – số dư.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        (r"C:\Users\Ana\photo.jpg", "photo.jpg"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\u2066\u200b\ufeffb.png", "ab.png"),
        ("line\r\nbreak\t.png", "line break.png"),
        ('a<b>:"c|?*.png', "a_b___c___.png"),
        ("CON.txt", "_CON.txt"),
        ("com1", "_com1"),
        ("  .png. ", "png"),
        ("", "file"),
        ("\udcff.png", "_.png"),
        ("e\u0301.png", "é.png"),
        ("a" * 500 + ".jpeg", "a" * 115 + ".jpeg"),
    ],
)
def test_names_are_cleaned(typed: str, clean: str):
    assert types.clean_name(typed) == clean


def test_the_last_ending_counts():
    assert types.kind_by_name("photo.exe.png") == "image/png"
    with pytest.raises(FileKindRefused):
        types.kind_by_name("photo.png.exe")


def test_a_film_of_a_heif_brand_is_a_picture():
    assert types.kind_by_content(b"\0\0\0\x18ftypmif1\0\0\0\0heicmif1") == "image/heic"
    assert types.kind_by_content(b"\0\0\0\x14ftypqt  \0\0\0\0qt  ") == ""

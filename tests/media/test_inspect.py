"""What becomes of the files that people send, and of those that attackers do."""

import functools
import io
import time
import zlib
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageSequence

from tests import samples
from tests.samples import SECRET, box
from ticket_portal.domain.errors import (
    FileDamaged,
    FileEmpty,
    FileKindRefused,
    FileMismatch,
    FileRefused,
    PdfActive,
    PdfLocked,
    PictureTooLarge,
    TextUnreadable,
)
from ticket_portal.domain.files.types import Content
from ticket_portal.media import inspect, pdf

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PROGRAM = b"MZ\x90\x00" + bytes(200) + b"This program cannot be run in DOS mode."
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><script>alert(1)</script>"


@pytest.fixture
def kept(tmp_path: Path):
    """Send a file: `content, bytes = kept("a.png", …)`."""

    def send(name: str, came: bytes) -> tuple[Content, bytes]:
        source, target, thumbnail = (tmp_path / part for part in ("source", "target", "thumbnail"))
        source.write_bytes(came)
        found = inspect.reencode(source, target, thumbnail, name, most_megapixels=64)
        assert bool(found.width) == thumbnail.exists()
        return found, target.read_bytes()

    return send


def _opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize(
    ("name", "came", "kind"),
    [
        ("a.jpg", samples.picture("JPEG"), "image/jpeg"),
        ("a.JPEG", samples.picture("JPEG"), "image/jpeg"),
        ("a.png", samples.picture("PNG"), "image/png"),
        ("a.webp", samples.picture("WEBP"), "image/webp"),
        ("a.gif", samples.picture("GIF"), "image/gif"),
        ("a.heic", samples.picture("HEIF"), "image/jpeg"),
        ("a.pdf", samples.pdf(), "application/pdf"),
        ("a.txt", "Überweisung\nвчора".encode(), "text/plain"),
        ("a.csv", b"day,amount\r\n2026-11-22,0.1\r\n", "text/csv"),
        ("a.mp4", samples.film(), "video/mp4"),
    ],
)
def test_every_kind_is_taken(kept, name: str, came: bytes, kind: str):
    content, after = kept(name, came)

    assert content.kind == kind
    assert after


def test_a_picture_keeps_its_look_and_loses_what_it_told(kept):
    content, after = kept("holiday.jpg", samples.photo(orientation=6))

    picture = _opened(after)
    assert picture.size == (200, 300)  # upright
    assert not picture.getexif()
    assert SECRET.encode() not in after
    assert (content.width, content.height) == (200, 300)


def test_a_png_keeps_its_transparency_and_loses_its_words(kept):
    _content, after = kept("a.png", samples.png_with_secrets())

    assert SECRET.encode() not in after
    assert _opened(after).convert("RGBA").getpixel((5, 5)) == (1, 2, 3, 128)


def test_a_scan_of_sixteen_bits_keeps_its_greys(kept):
    """Cut at 255 it would be a white sheet, and the original is gone."""
    ramp = Image.frombytes(
        "I;16", (256, 1), b"".join((grey * 257).to_bytes(2, "little") for grey in range(256))
    )
    out = io.BytesIO()
    ramp.save(out, "PNG")

    _content, after = kept("scan.png", out.getvalue())

    assert Image.open(io.BytesIO(after)).convert("L").tobytes() == bytes(range(256))


def test_a_heic_photo_becomes_one_that_every_browser_shows(kept):
    content, after = kept("IMG_0001.HEIC", samples.picture("HEIF"))

    assert content.name == "IMG_0001.jpg"
    assert _opened(after).format == "JPEG"


def test_a_picture_under_another_ones_ending_gets_its_own(kept):
    content, _after = kept("a.png", samples.picture("WEBP"))

    assert (content.name, content.kind) == ("a.webp", "image/webp")


@pytest.mark.parametrize(("kind", "name"), [("GIF", "a.gif"), ("WEBP", "a.webp")])
def test_what_moves_goes_on_moving(kept, kind: str, name: str):
    _content, after = kept(name, samples.moving(kind, frames=5))

    assert sum(1 for _ in ImageSequence.Iterator(_opened(after))) == 5


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF"])
def test_what_hides_behind_a_picture_is_gone(kept, kind: str):
    hidden = HTML + b"PK\x03\x04 a second file"
    _content, after = kept(f"a.{kind.lower()}", samples.picture(kind) + hidden)

    assert hidden not in after
    assert b"script" not in after


def test_what_hides_inside_a_picture_is_gone(kept):
    plain = samples.picture("JPEG")
    comment = b"\xff\xfe" + (len(HTML) + 2).to_bytes(2) + HTML
    _content, after = kept("a.jpg", plain[:2] + comment + plain[2:])

    assert b"script" not in after


@pytest.mark.parametrize("size", [(20_000, 20_000), (10_000, 10_000)])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(kept, monkeypatch, size):
    monkeypatch.setattr(Image.Image, "load", lambda _self: pytest.fail("it was decoded"))
    came = samples.bomb(*size)
    assert len(came) < 300_000

    with pytest.raises(PictureTooLarge) as refusal:
        kept("bomb.png", came)
    assert refusal.value.values == {"name": "bomb.png", "most": 64}


def test_an_animation_is_counted_with_all_its_frames(kept, tmp_path):
    out = io.BytesIO()
    frames = [Image.new("L", (3_000, 3_000), n) for n in range(8)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])

    with pytest.raises(PictureTooLarge):
        kept("long.gif", out.getvalue())


@pytest.mark.parametrize("count", [1_001, 600_000])
def test_frames_are_counted_however_small_they_are(kept, count: int):
    kept("a.gif", samples.frames_of_one_pixel(1_000))
    with pytest.raises(PictureTooLarge):
        kept("a.gif", samples.frames_of_one_pixel(count))


def test_the_frames_of_other_animations_are_counted_too(kept):
    with pytest.raises(PictureTooLarge):
        kept("a.webp", samples.moving("WEBP", frames=1_100))


def test_a_picture_that_is_scanned_again_and_again_is_refused(kept):
    kept("a.jpg", samples.scanned_again(1))
    with pytest.raises(FileDamaged):
        kept("a.jpg", samples.scanned_again(2_000))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "HEIF"])
def test_half_a_picture_is_refused(kept, kind: str):
    noise = Image.effect_noise((300, 300), 90)
    out = io.BytesIO()
    if kind == "HEIF":
        out.write(samples.picture("HEIF", (300, 300)))
    else:
        noise.save(out, kind)
    name = "a.heic" if kind == "HEIF" else f"a.{kind.lower()}"

    with pytest.raises(FileDamaged):
        kept(name, out.getvalue()[: len(out.getvalue()) // 2])


@pytest.mark.parametrize(
    ("name", "came", "refusal"),
    [
        ("picture.png", PROGRAM, FileMismatch),
        ("picture.png", SVG, FileMismatch),
        ("picture.svg", SVG, FileKindRefused),
        ("page.html", HTML, FileKindRefused),
        ("report.exe", PROGRAM, FileKindRefused),
        ("report.pdf", PROGRAM, FileMismatch),
        ("report.pdf", HTML + samples.pdf(), FileMismatch),
        ("report.txt", PROGRAM, TextUnreadable),
        ("report.txt", HTML, FileMismatch),
        ("report.txt", b"\xef\xbb\xbf \n<!-- a --> " + SVG, FileMismatch),
        ("report.csv", SVG, FileMismatch),
        ("report.txt", samples.picture(), FileMismatch),
        ("clip.mp4", samples.picture(), FileMismatch),
        ("clip.mp4", PROGRAM, FileMismatch),
        ("archive.zip", b"PK\x03\x04", FileKindRefused),
        ("letter.docx", b"PK\x03\x04", FileKindRefused),
        ("noending", b"hello", FileKindRefused),
        (".png", samples.picture(), None),
        ("table.csv", b"na\xefve,1\r\n", TextUnreadable),
        ("table.csv", b"a\x00b", TextUnreadable),
    ],
)
def test_what_is_not_what_it_says_is_refused(kept, name: str, came: bytes, refusal: type[FileRefused] | None):
    if refusal is None:
        kept(name, came)
        return
    with pytest.raises(refusal) as refused:
        kept(name, came)
    assert refused.value.values["name"] == name


def test_a_text_of_another_unicode_becomes_the_usual_one(kept):
    _content, after = kept("a.txt", "Привіт, số dư".encode("utf-16"))

    assert after == "Привіт, số dư".encode()


@pytest.mark.parametrize(
    ("came", "kept_as"),
    [
        ("=1+1", "'=1+1"),
        ("day,\"=cmd|'/c calc'!A1\"", "day,\"'=cmd|'/c calc'!A1\""),
        ("a;@SUM(A1)\r\n+cmd|x\r-2+3+cmd|x", "a;'@SUM(A1)\r\n'+cmd|x\r'-2+3+cmd|x"),
        ("a\t=1|=2", "a\t'=1|'=2"),
        (" =1,\u3000＝1,\ufeff=1", " '=1,\u3000'＝1,\ufeff'=1"),
        ("sep=x\nax=1x@a", "sep=x\nax'=1x'@a"),
        ("'=1", "'=1"),
        ("-12.50,+3,-1 000.5,+1,-7%,-1.5e-8,-€ 3", "-12.50,+3,-1 000.5,+1,-7%,-1.5e-8,'-€ 3"),
        ("+380 44 123-45-67", "'+380 44 123-45-67"),
        ("a=b,c@example.com,d-e", "a=b,c@example.com,d-e"),
    ],
)
def test_no_cell_of_a_table_runs(kept, came: str, kept_as: str):
    _content, after = kept("table.csv", came.encode())

    assert after.decode() == kept_as
    assert kept("notes.txt", came.encode())[1].decode() == came.removeprefix("\ufeff")


@pytest.mark.parametrize(
    "came", [b"\t" * 1_000_000, b" " * 1_000_000, b",-1" * 300_000, b"sep= \n" + b" " * 1_000_000]
)
def test_cells_are_looked_at_in_one_go(kept, came: bytes):
    began = time.process_time()
    kept("table.csv", came)
    assert time.process_time() - began < 5  # 0.2 s; with every start tried again, hours


def test_a_text_that_only_speaks_of_markup_is_taken(kept):
    _content, after = kept("log.txt", b"The page showed <script> in red.")

    assert b"<script>" in after


@pytest.mark.parametrize("came", [b"\xef\xbb\xbf", b"\xff\xfe"])
def test_a_text_of_nothing_but_its_mark_is_empty(kept, came: bytes):
    """No store has a part of nothing to give."""
    with pytest.raises(FileEmpty):
        kept("a.txt", came)


def test_comments_before_a_text_are_read_in_one_go(kept):
    """In as many ways as they can be joined to longer ones, a line of them would take longer than anybody waits."""
    _content, after = kept("log.txt", b"<!---->" * 200 + b"nothing behind them")
    assert after.endswith(b"nothing behind them")
    with pytest.raises(FileMismatch):
        kept("log.txt", b" <!-- a --> <!-- b -->\n< script>alert(1)</script>")


@pytest.mark.parametrize("user", ["secret", ""])
def test_a_locked_pdf_is_refused(kept, user: str):
    with pytest.raises(PdfLocked):
        kept("statement.pdf", samples.pdf_with_password(user))


@pytest.mark.parametrize(
    "came",
    [
        samples.pdf_with_script(),
        samples.pdf_with_hidden_script(),
        samples.pdf_with_a_file(),
        samples.pdf_that_launches(),
        samples.pdf(AA=pikepdf.Dictionary(WC=pikepdf.Dictionary(S=pikepdf.Name.Launch))),
        samples.pdf(AcroForm=pikepdf.Dictionary(XFA=pikepdf.String("<xdp/>"))),
    ],
)
def test_a_pdf_that_does_something_is_refused(kept, came: bytes):
    with pytest.raises(PdfActive):
        kept("invoice.pdf", came)


_link = pikepdf.String("https://evil.example/")


def _quiet() -> pikepdf.Dictionary:
    return pikepdf.Dictionary(S=pikepdf.Name.GoTo, D=pikepdf.Array([0, pikepdf.Name.Fit]))


def _action(kind: str, **more: object) -> pikepdf.Dictionary:
    return pikepdf.Dictionary(S=pikepdf.Name(f"/{kind}"), **more)


@pytest.mark.parametrize(
    "came",
    [
        *(
            samples.pdf(OpenAction=_action(kind, URI=_link, F=_link, N=pikepdf.Name.Print))
            for kind in (
                "URI",
                "Thread",
                "Sound",
                "Movie",
                "Named",
                "Hide",
                "GoToR",
                "GoToE",
                "ImportData",
                "Unknown",
            )
        ),
        samples.pdf(OpenAction=_action("GoTo", Next=_action("URI", URI=_link))),
        samples.pdf(OpenAction=_action("GoTo", Next=pikepdf.Array([_quiet(), _action("URI", URI=_link)]))),
        *(
            samples.pdf(Outlines=pikepdf.Dictionary(First=pikepdf.Dictionary(A=_action(kind, F=_link))))
            for kind in ("Thread", "Sound", "Movie", "Hide", "SubmitForm", "Rendition", "Unknown")
        ),
        samples.pdf(Outlines=pikepdf.Dictionary(A=_action("URI", URI=_link, Next=_action("Launch")))),
        samples.pdf(AF=pikepdf.Array([])),
        samples.pdf(Collection=pikepdf.Dictionary(View=pikepdf.Name.D)),
        samples.pdf(Here=pikepdf.Dictionary(Type=pikepdf.Name.Filespec, FS=pikepdf.Name.URL, F=_link)),
        samples.pdf_with_a_stream(b"", [], F=_link),
        samples.pdf_with_a_stream(b"", [], FFilter=pikepdf.Name.FlateDecode),
        *(
            samples.pdf_with_a_link("https://example.com", kind)
            for kind in ("Sound", "Movie", "Screen", "FileAttachment")
        ),
    ],
)
def test_a_pdf_that_acts_or_fetches_is_refused(kept, came: bytes):
    with pytest.raises(PdfActive):
        kept("invoice.pdf", came)


def test_a_pdf_may_open_at_a_place_of_its_own(kept):
    for action in (_quiet(), pikepdf.Array([0, pikepdf.Name.Fit]), _action("GoTo", Next=_quiet())):
        _content, after = kept("a.pdf", samples.pdf(OpenAction=action))
        assert "/OpenAction" in pikepdf.open(io.BytesIO(after)).Root


@pytest.mark.parametrize(
    ("address", "stays"),
    [
        ("https://example.com/a", True),
        ("HTTP://example.com", True),
        ("mailto:ana@example.com", True),
        ("file://///evil.example/share", False),
        ("javascript:alert(1)", False),
        ("\\\\evil.example\\share", False),
        ("smb://evil.example", False),
        ("example.com", False),
    ],
)
def test_a_pdf_keeps_links_to_the_web_and_loses_others_and_its_author(kept, address: str, stays: bool):
    came = samples.pdf_with_a_link(address)
    _content, after = kept("a.pdf", came)

    assert SECRET.encode() in came
    with pikepdf.open(io.BytesIO(after)) as document:
        [link] = document.pages[0].Annots
        assert ("/URI" in link.A) == stays
        assert "/Info" not in document.trailer
        assert "/Metadata" not in document.Root
        assert SECRET.encode() not in b"".join(bytes(o.unparse()) for o in document.objects)


@functools.cache
def _packed(size: int) -> bytes:
    return zlib.compress(bytes(size), 9)


@pytest.mark.parametrize(
    "came",
    [
        samples.pdf_with_a_stream(_packed(120_000_000), ["FlateDecode"]),
        samples.pdf_with_a_stream(zlib.compress(_packed(120_000_000), 9), ["FlateDecode", "FlateDecode"]),
        samples.pdf_with_a_stream(_packed(120_000_000), ["FlateDecode", "DCTDecode"]),
        samples.pdf_with_a_stream(
            _packed(120_000_000).hex().encode() + b">", ["ASCIIHexDecode", "FlateDecode"]
        ),
        samples.pdf_with_a_stream(b"\x81\x00" * 4_000_000, ["RunLengthDecode"]),
        samples.pdf_with_a_stream(_packed(10), ["FlateDecode"] * 5),
    ],
)
def test_a_pdf_that_unpacks_to_very_much_is_refused(kept, came: bytes):
    with pytest.raises(FileDamaged):
        kept("bomb.pdf", came)


def test_a_pdf_of_many_streams_has_one_limit_for_all(kept, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pdf, "MOST_UNPACKED", 1_000_000)
    kept("a.pdf", samples.pdf_with_a_stream(_packed(900_000), ["FlateDecode"]))
    with pytest.raises(FileDamaged):
        kept("a.pdf", samples.pdf_with_a_stream(_packed(1_100_000), ["FlateDecode"]))


def test_a_pdf_of_endless_values_or_depths_is_refused(kept, monkeypatch: pytest.MonkeyPatch):
    deep = pikepdf.Array([])
    for _ in range(pdf.DEEPEST + 1):
        deep = pikepdf.Array([deep])
    with pytest.raises(FileRefused):
        kept("a.pdf", samples.pdf(Deep=deep))
    monkeypatch.setattr(pdf, "MOST_VALUES", 1_000)
    with pytest.raises(FileDamaged):
        kept("a.pdf", samples.pdf(Long=pikepdf.Array(range(1_001))))


def test_what_hides_behind_a_pdf_is_gone(kept):
    hidden = b"PK\x03\x04 a second file " + EICAR
    _content, after = kept("a.pdf", samples.pdf() + hidden)

    assert hidden not in after
    assert len(pikepdf.open(io.BytesIO(after)).pages) == 1


@pytest.mark.parametrize("came", [b"%PDF-1.7\nnothing of it", samples.pdf()[:200]])
def test_half_a_pdf_is_refused(kept, came: bytes):
    with pytest.raises(FileDamaged):
        kept("a.pdf", came)


def test_a_film_loses_where_it_was_made_and_nothing_else(kept):
    came = samples.film(place=True)
    _content, after = kept("clip.mp4", came)

    assert SECRET.encode() in came
    assert SECRET.encode() not in after
    assert len(after) == len(came)
    pixels = bytes(n % 251 for n in range(2_000))
    assert pixels in after


def test_a_hidden_track_is_blanked_with_its_data(kept):
    _content, after = kept("clip.mp4", samples.film(place=False, hidden_track=True))

    assert SECRET.encode() not in after
    assert b"meta" not in after
    assert bytes(n % 251 for n in range(2_000)) in after


@pytest.mark.parametrize(
    "came",
    [
        samples.film()[:-5],
        samples.film() + b"trailing bytes",
        samples.film() + box(b"evil", b"x"),
        box(b"ftyp", b"isom", bytes(4)) + box(b"mdat", b"x"),
        box(b"ftyp", b"isom", bytes(4)) + box(b"mdat", b"x") + box(b"moov", box(b"mvhd", bytes(100))),
        box(b"ftyp", b"isom", bytes(4)) + b"\0\0\0\1moov" + bytes(8),
        b"\0\0\0\x10ftypisom",
    ],
)
def test_a_broken_film_is_refused(kept, came: bytes):
    with pytest.raises(FileDamaged):
        kept("clip.mp4", came)


def test_the_test_virus_is_harmless_text_without_a_scanner(kept):
    content, after = kept("eicar.txt", EICAR)

    assert (content.kind, after) == ("text/plain", EICAR)

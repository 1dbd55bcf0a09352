"""Files as people send them, and as attackers do: all made here, none kept in the repository."""

import io
import struct
import zlib

import pikepdf
from PIL import Image, PngImagePlugin
from pillow_heif import from_pillow

SECRET = "GPS 10.7769,106.7009"


def picture(
    kind: str = "PNG", size: tuple[int, int] = (640, 400), colour: tuple[int, int, int] = (20, 110, 130)
) -> bytes:
    """A plain picture."""
    out = io.BytesIO()
    if kind == "HEIF":
        from_pillow(Image.new("RGB", size, colour)).save(out)
    else:
        Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


def moving(kind: str = "GIF", frames: int = 5) -> bytes:
    """A picture that moves."""
    out = io.BytesIO()
    first, *others = [Image.new("RGB", (60, 40), (40 * n % 256, n % 255, 90)) for n in range(frames)]
    first.save(out, kind, save_all=True, append_images=others, duration=80, loop=0)
    return out.getvalue()


def photo(orientation: int = 6) -> bytes:
    """A phone's JPEG, lying on its side, that says where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = SECRET
    exif.get_ifd(0x8825).update({1: "N", 2: (10.0, 46.0, 36.8), 3: "E", 4: (106.0, 42.0, 3.2)})
    out = io.BytesIO()
    Image.new("RGB", (300, 200), (200, 60, 20)).save(out, "JPEG", exif=exif, comment=SECRET.encode())
    return out.getvalue()


def png_with_secrets() -> bytes:
    """A PNG with words beside its pixels."""
    info = PngImagePlugin.PngInfo()
    info.add_text("Location", SECRET)
    out = io.BytesIO()
    Image.new("RGBA", (50, 50), (1, 2, 3, 128)).save(out, "PNG", pnginfo=info)
    return out.getvalue()


def bomb(width: int = 20_000, height: int = 20_000) -> bytes:
    """A small PNG of very many pixels: the header says so, a few bytes unpack to all of them."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    packed = zlib.compressobj(9)
    line = bytes(1 + (width + 7) // 8)
    data = b"".join(packed.compress(line) for _ in range(height)) + packed.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def frames_of_one_pixel(count: int) -> bytes:
    """A GIF of very many very small frames, 16 bytes each."""
    head = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return head + frame * count + b";"


def scanned_again(scans: int, size: tuple[int, int] = (640, 400)) -> bytes:
    """A progressive JPEG whose last scan comes again and again, each over all of its pixels."""
    out = io.BytesIO()
    Image.new("RGB", size).save(out, "JPEG", progressive=True, quality=20)
    plain = out.getvalue()
    last = plain.rfind(b"\xff\xda")
    return plain[:last] + plain[last:-2] * scans + plain[-2:]


def pdf(**more: object) -> bytes:
    """A PDF of one empty page; `more` goes into its catalogue."""
    made = pikepdf.new()
    made.add_blank_page()
    for key, value in more.items():
        made.Root[f"/{key}"] = made.make_indirect(value) if isinstance(value, pikepdf.Dictionary) else value
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def pdf_with_password(user: str = "secret") -> bytes:
    """A PDF that opens with a password alone (or, with an empty one, by itself: it is encrypted all the same)."""
    made = pikepdf.new()
    made.add_blank_page()
    out = io.BytesIO()
    made.save(out, encryption=pikepdf.Encryption(owner="owner", user=user))
    return out.getvalue()


def pdf_with_a_file() -> bytes:
    """A PDF that carries another file."""
    made = pikepdf.new()
    made.add_blank_page()
    made.attachments["payload.exe"] = b"MZ payload"
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def pdf_with_script() -> bytes:
    """A PDF that runs JavaScript when it is opened."""
    return pdf(OpenAction=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)")))


def pdf_that_launches() -> bytes:
    """A PDF that starts a program."""
    return pdf(OpenAction=pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("calc.exe")))


def pdf_with_a_link(address: str, kind: str = "Link") -> bytes:
    """A PDF with a link; its author is in its metadata, twice."""
    made = pikepdf.new()
    page = made.add_blank_page()
    action = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String(address))
    link = {
        "Type": pikepdf.Name.Annot,
        "Subtype": pikepdf.Name(f"/{kind}"),
        "Rect": [0, 0, 9, 9],
        "A": action,
    }
    page.obj.Annots = made.make_indirect(pikepdf.Array([made.make_indirect(pikepdf.Dictionary(**link))]))
    with made.open_metadata() as told:
        told["dc:creator"] = [SECRET]
    made.docinfo["/Author"] = SECRET
    page.obj.PieceInfo = pikepdf.Dictionary(Maker=pikepdf.String(SECRET))
    out = io.BytesIO()
    made.save(out, compress_streams=False)
    return out.getvalue()


def pdf_with_a_stream(packed: bytes, filters: list[str], **more: object) -> bytes:
    """A PDF whose page is a stream of these bytes."""
    made = pikepdf.new()
    page = made.add_blank_page()
    stream = pikepdf.Stream(made, b"")
    stream.write(packed, filter=pikepdf.Array([pikepdf.Name(f"/{name}") for name in filters]))
    for key, value in more.items():
        stream[f"/{key}"] = value
    page.obj.Contents = stream
    out = io.BytesIO()
    made.save(out, compress_streams=False)
    return out.getvalue()


def pdf_with_hidden_script() -> bytes:
    """A PDF whose script is in an object stream, behind an annotation's action."""
    made = pikepdf.new()
    page = made.add_blank_page()
    action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=made.make_stream(b"app.alert(1)"))
    link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action)
    page.obj.Annots = made.make_indirect(pikepdf.Array([made.make_indirect(link)]))
    out = io.BytesIO()
    made.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def box(kind: bytes, *parts: bytes) -> bytes:
    """A box of an MP4."""
    content = b"".join(parts)
    return struct.pack(">I", 8 + len(content)) + kind + content


def _track(handler: bytes, data_at: int, samples: list[int], *more: bytes) -> bytes:
    sizes = b"".join(struct.pack(">I", s) for s in samples)
    table = box(
        b"stbl",
        box(b"stsz", bytes(4), struct.pack(">II", 0, len(samples)), sizes),
        box(b"stsc", bytes(4), struct.pack(">I", 1), struct.pack(">III", 1, len(samples), 1)),
        box(b"stco", bytes(4), struct.pack(">I", 1), struct.pack(">I", data_at)),
    )
    named = box(b"hdlr", bytes(8), handler, bytes(13))
    return box(b"trak", box(b"mdia", named, box(b"minf", table)), *more)


def film(*, place: bool = True, hidden_track: bool = False, size: int = 2_000) -> bytes:
    """An MP4 with a track of pictures; a phone's says where it was filmed, in three ways."""
    head = box(b"ftyp", b"isom", bytes(4), b"isommp42")
    pixels = bytes(n % 251 for n in range(size))
    hidden = SECRET.encode()
    data_at = len(head) + 8
    tracks = [
        _track(b"vide", data_at, [size], *([box(b"udta", box(b"\xa9xyz", SECRET.encode()))] if place else []))
    ]
    if hidden_track:
        tracks.append(_track(b"meta", data_at + size, [10, len(hidden) - 10]))
    telling = (
        [box(b"udta", box(b"\xa9xyz", SECRET.encode())), box(b"meta", bytes(4), SECRET.encode())]
        if place
        else []
    )
    last = [box(b"uuid", bytes(16), SECRET.encode()), box(b"free", SECRET.encode())] if place else []
    data = box(b"mdat", pixels, hidden if hidden_track else b"")
    return b"".join([head, data, box(b"moov", box(b"mvhd", bytes(100)), *tracks, *telling), *last])

"""Pictures are re-encoded from their pixels: no EXIF, no location, no appended second file survives."""

import io
import warnings
from pathlib import Path

from PIL import GifImagePlugin, Image, ImageCms, ImageOps, ImageSequence, UnidentifiedImageError
from pillow_heif import register_heif_opener

from ticket_portal.domain.errors import FileDamaged, PictureTooLarge
from ticket_portal.sets.file_kinds import FileKind

THUMBNAIL = 480
JPEG_QUALITY = 90
FORMATS: dict[str, str] = {
    FileKind.JPEG: "JPEG",
    FileKind.PNG: "PNG",
    FileKind.WEBP: "WEBP",
    FileKind.GIF: "GIF",
    FileKind.HEIC: "HEIF",
}
MEGA = 1_000_000
# Each frame and each scan costs time of its own, however few pixels and bytes it has: ten megabytes hold a million
# frames of one pixel, or thousands of scans over 64 megapixels. Cameras write ten scans, animations a hundred frames.
MOST_FRAMES = 1_000
MOST_SCANS = 100
_START_OF_SCAN = b"\xff\xda"

register_heif_opener(thumbnails=False)
# The palette that the author chose stays; other frames become RGB only where they must.
GifImagePlugin.LOADING_STRATEGY = GifImagePlugin.LoadingStrategy.RGB_AFTER_DIFFERENT_PALETTE_ONLY


def reencode(
    source: Path, target: Path, thumbnail: Path, name: str, kind: str, most_megapixels: int
) -> tuple[str, int, int]:
    """Re-encode the picture, and write its thumbnail; return its kind now and the thumbnail's size.

    The number of pixels is looked at before one of them is decoded. Raises PictureTooLarge, FileDamaged.
    """
    Image.MAX_IMAGE_PIXELS = most_megapixels * MEGA
    too_large = PictureTooLarge(name=name, most=most_megapixels)
    content = source.read_bytes()
    if kind == FileKind.JPEG and content.count(_START_OF_SCAN) > MOST_SCANS:
        raise FileDamaged(name=name)
    if kind == FileKind.GIF and _gif_frames(content) > MOST_FRAMES:
        raise too_large
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", Image.DecompressionBombWarning
            )  # it warns of what is refused below
            with Image.open(source, formats=[FORMATS[kind]]) as picture:
                frames = (
                    getattr(picture, "n_frames", 1)
                    if kind in (FileKind.GIF, FileKind.WEBP, FileKind.PNG)
                    else 1
                )
                if picture.width * picture.height * frames > most_megapixels * MEGA or frames > MOST_FRAMES:
                    raise too_large
                kept = _write(picture, target, kind, moving=frames > 1)
                return kept, *_write_thumbnail(picture, thumbnail)
    except Image.DecompressionBombError:
        raise too_large from None
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, UnidentifiedImageError):
        raise FileDamaged(name=name) from None


def _gif_frames(content: bytes) -> int:
    """Count the frames of a GIF, up to one more than it may have: the decoder would read all of them to tell."""
    at, frames = 13 + _colours(content[10:11]), 0
    while frames <= MOST_FRAMES and at < len(content):
        block = content[at]
        if block == 0x2C:  # a picture: its place, its colours, a byte, its data
            frames += 1
            at = _behind_data(content, at + 11 + _colours(content[at + 9 : at + 10]))
        elif block == 0x21:  # an extension: its label, its data
            at = _behind_data(content, at + 2)
        else:  # the decoder, too, looks for the next one
            at += 1
    return frames


def _colours(flags: bytes) -> int:
    return 3 * 2 ** ((flags[0] & 7) + 1) if flags and flags[0] & 0x80 else 0


def _behind_data(content: bytes, at: int) -> int:
    while at < len(content) and content[at]:
        at += content[at] + 1
    return at + 1


def _write(picture: Image.Image, target: Path, kind: str, *, moving: bool) -> str:
    if moving and kind != FileKind.PNG:
        _write_moving(picture, target, kind)
        return kind
    still = _still(picture)
    if kind in (FileKind.JPEG, FileKind.HEIC):
        still.convert("RGB").save(target, "JPEG", quality=JPEG_QUALITY, optimize=True)
        return FileKind.JPEG
    if kind == FileKind.WEBP:
        still.save(target, "WEBP", quality=JPEG_QUALITY)
    elif kind == FileKind.GIF:
        still.save(target, "GIF")
    else:
        still.save(target, "PNG")
    return kind


def _write_moving(picture: Image.Image, target: Path, kind: str) -> None:
    frames = [frame.copy() for frame in ImageSequence.Iterator(picture)]
    durations = [frame.info.get("duration", 100) for frame in frames]
    options = {
        "save_all": True,
        "append_images": frames[1:],
        "duration": durations,
        "loop": picture.info.get("loop", 0),
    }
    for frame in frames:
        frame.info.clear()
    if kind == FileKind.GIF:
        frames[0].save(target, "GIF", disposal=2, **options)
    else:
        frames[0].save(target, "WEBP", quality=80, **options)
    picture.seek(0)


def _still(picture: Image.Image) -> Image.Image:
    """Return the pixels alone: upright, in the colours that every browser means by them."""
    picture.load()
    profile = picture.info.get("icc_profile")
    upright = _in_8_bits(ImageOps.exif_transpose(picture))
    if upright.mode in ("P", "PA", "LA", "CMYK", "YCbCr", "LAB", "HSV") and not (
        upright.mode == "P" and picture.format == "GIF"
    ):
        transparent = upright.mode in ("PA", "LA") or "transparency" in upright.info
        upright = upright.convert("RGBA" if transparent else "RGB")
    if profile and upright.mode in ("RGB", "RGBA"):
        upright = _in_srgb(upright, profile)
    # A copy made of pixels: no field of the file's can ride along, whatever a format calls it.
    bare = Image.new(upright.mode, upright.size)
    if upright.palette:
        bare.putpalette(upright.palette)
    bare.paste(upright)
    if upright.mode == "P" and "transparency" in upright.info:
        bare.info["transparency"] = upright.info["transparency"]
    return bare


def _in_8_bits(picture: Image.Image) -> Image.Image:
    """Return grey of 16 bits (scanners, medicine, astronomy) in 8, scaled: Pillow's own conversion cuts at 255."""
    if picture.mode.partition(";")[0] not in ("I", "F"):
        return picture
    return picture.convert("I").point(lambda grey: grey * (1 / 257)).convert("L")


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    try:
        changed = ImageCms.profileToProfile(
            picture, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture  # a broken profile is no reason to refuse the picture
    return changed or picture


def _write_thumbnail(picture: Image.Image, thumbnail: Path) -> tuple[int, int]:
    small = _in_8_bits(ImageOps.exif_transpose(picture))
    small = small.convert("RGBA" if small.mode in ("P", "PA", "LA", "RGBA") else "RGB")
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    bare = Image.new(small.mode, small.size)
    bare.paste(small)
    bare.save(thumbnail, "WEBP", quality=78)
    return bare.size

"""Uploaded pictures are decoded and drawn anew: pixels stay, everything said about them goes."""

from __future__ import annotations

import uuid
from io import BytesIO
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import Image, ImageCms, ImageOps

UNREADABLE = "This picture cannot be read. Save it again as JPEG, PNG or WebP and upload that."
TOO_LARGE = "This picture has too many pixels. Make it smaller and upload that."


class CleanPicture(ContentFile):
    """A picture that this module has drawn, so that it is not drawn twice."""


def clean_picture(upload: IO[bytes]) -> CleanPicture:
    """Return the picture under a random name without EXIF, GPS, XMP, IPTC, thumbnail, profile or comment.

    Raises ValidationError when it cannot be read or has too many pixels. (A picture that was cut off is refused too,
    unless WeasyPrint has been imported, which makes Pillow fill up what is missing.)
    """
    upload.seek(0)
    try:
        with Image.open(upload) as opened:
            if opened.width * opened.height > settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS:
                raise ValidationError(TOO_LARGE)
            # The camera's "this side up" goes with the rest, so it is carried out first.
            picture = _in_srgb(ImageOps.exif_transpose(opened))
    except Image.DecompressionBombError as error:
        raise ValidationError(TOO_LARGE) from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise ValidationError(UNREADABLE) from error
    see_through = picture.mode == "RGBA"
    drawn = Image.new(picture.mode, picture.size)
    drawn.paste(picture)
    target = BytesIO()
    if see_through or opened.format in ("PNG", "GIF"):
        drawn.save(target, "PNG")
        ending = "png"
    else:
        drawn.save(target, "JPEG", quality=90)
        ending = "jpg"
    # A random name: cameras and people write dates, places and names into file names.
    return CleanPicture(target.getvalue(), name=f"{uuid.uuid4().hex}.{ending}")


def _in_srgb(picture: Any) -> Any:
    """The picture's pixels as RGB or RGBA in the web's colour space; its own profile may name its owner."""
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in ("RGB", "CMYK"):
        try:
            converted = ImageCms.profileToProfile(
                picture, ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except ImageCms.PyCMSError:
            # A broken profile says nothing about the colours; take them as they are.
            converted = None
        if converted is not None:
            return converted
    return picture.convert(mode)

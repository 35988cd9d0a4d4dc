"""Uploaded recordings lose what is said about them: a telephone writes place, owner and time into every video.

Sound and picture are not touched. In MP4 and M4A (boxes in boxes, ISO 14496-12) what describes the recording is
overwritten where it stands, so that nothing moves; from MP3 the tags before and after the sound are cut off.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import IO

from django.core.exceptions import ValidationError
from django.core.files.base import File

ENDINGS = ("m4a", "mp3", "mp4")
UNREADABLE = "This recording cannot be read. Save it again as MP3, M4A or MP4 and upload that."
MORE_TRACKS = "This recording holds more than sound and picture, perhaps where it was made. Save it without that."

IN_MEMORY = 8_000_000
CONTAINERS = (b"moov", b"trak", b"mdia")
# What is said about a recording or a part of it: title, owner, place, device, and what makers of devices add.
ABOUT = (b"udta", b"meta", b"uuid")
# Boxes that begin with the times of making and changing.
TIMED = (b"mvhd", b"tkhd", b"mdhd")
SOUND_AND_PICTURE = (b"soun", b"vide", b"sbtl", b"subt", b"text", b"clcp")


class CleanRecording(File):
    """A recording that this module has cleaned, so that it is not cleaned twice."""


def clean_recording(upload: IO[bytes], name: str) -> CleanRecording:
    """Raises ValidationError when it is no recording, or carries a track that may say where it was made."""
    copy: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115
    upload.seek(0)
    if name.lower().endswith(".mp3"):
        copy.write(_bare_mp3(upload.read()))
    else:
        shutil.copyfileobj(upload, copy)
        _clear_boxes(copy)
    size = copy.seek(0, 2)
    copy.seek(0)
    cleaned = CleanRecording(copy, name=name)
    cleaned.size = size
    return cleaned


def _bare_mp3(sound: bytes) -> bytes:
    while sound[:3] == b"ID3" and len(sound) > 10:
        # Four times seven bits; a footer of ten bytes where the flag says so.
        length = sum(byte << shift for byte, shift in zip(sound[6:10], (21, 14, 7, 0), strict=True))
        sound = sound[10 + length + (10 if sound[5] & 0x10 else 0) :]
    if sound[-128:-125] == b"TAG":
        sound = sound[:-128]
    if sound[-32:-24] == b"APETAGEX":
        length = int.from_bytes(sound[-20:-16], "little")
        sound = sound[: -length - (32 if sound[-9] & 0x80 else 0)]
    if len(sound) < 4 or sound[0] != 0xFF or sound[1] & 0xE0 != 0xE0:
        raise ValidationError(UNREADABLE)
    return sound


def _clear_boxes(file: IO[bytes]) -> None:
    end = file.seek(0, 2)
    kinds = []
    for kind, start, body, stop in _boxes(file, 0, end):
        kinds.append(kind)
        _clear_box(file, kind, start, body, stop)
    if kinds[:1] != [b"ftyp"] or b"moov" not in kinds:
        raise ValidationError(UNREADABLE)


def _clear_box(file: IO[bytes], kind: bytes, start: int, body: int, stop: int) -> None:
    if kind in CONTAINERS:
        for inner in list(_boxes(file, body, stop)):
            _clear_box(file, *inner)
    elif kind in ABOUT:
        _overwrite(file, start + 4, b"free")
        _overwrite(file, body, bytes(stop - body))
    elif kind in TIMED:
        file.seek(body)
        wide = file.read(1) == b"\x01"
        _overwrite(file, body + 4, bytes(16 if wide else 8))
    elif kind == b"hdlr":
        file.seek(body + 8)
        if file.read(4) not in SOUND_AND_PICTURE:
            raise ValidationError(MORE_TRACKS)


def _overwrite(file: IO[bytes], at: int, content: bytes) -> None:
    file.seek(at)
    file.write(content)


def _boxes(file: IO[bytes], at: int, end: int) -> Iterator[tuple[bytes, int, int, int]]:
    """Kind, start, start of the content and end of each box."""
    while at + 8 <= end:
        file.seek(at)
        size, kind = int.from_bytes(file.read(4), "big"), file.read(4)
        body = at + 8
        if size == 1:
            size, body = int.from_bytes(file.read(8), "big"), at + 16
        stop = end if size == 0 else at + size
        if stop < body or stop > end:
            raise ValidationError(UNREADABLE)
        yield kind, at, body, stop
        at = stop

"""What a telephone writes into a recording does not reach the disk; sound and picture do, untouched."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from pages.models import SiteDocument

CANARY = b"canary +43.6591-070.2568/ Jane's telephone"
SOUND = b"\xff\xfb\x90\x64" + b"sound" * 40


def box(kind: bytes, content: bytes) -> bytes:
    return (len(content) + 8).to_bytes(4, "big") + kind + content


def track(kind: bytes) -> bytes:
    header = box(b"tkhd", b"\x00\x00\x00\x07" + b"MADEWHEN" + bytes(72))
    media = box(b"mdhd", b"\x01\x00\x00\x00" + b"MADEWHENCHANGED!" + bytes(16)) + box(
        b"hdlr", bytes(8) + kind + bytes(13)
    )
    return box(b"trak", header + box(b"udta", CANARY) + box(b"mdia", media))


def video(*tracks: bytes, about: bytes = CANARY) -> bytes:
    times = box(b"mvhd", bytes(4) + b"MADEWHEN" + bytes(88))
    movie = box(b"moov", times + b"".join(tracks) + box(b"udta", box(b"\xa9xyz", about)) + box(b"meta", about))
    # With its length in eight bytes, as long videos have it.
    frames = b"FRAMES" * 50
    data = b"\x00\x00\x00\x01mdat" + (len(frames) + 16).to_bytes(8, "big") + frames
    return box(b"ftyp", b"isom") + movie + box(b"uuid", CANARY) + data


def tagged_mp3() -> bytes:
    tag = b"ID3\x04\x00\x00" + bytes([0, 0, 0, len(CANARY)]) + CANARY
    return tag + SOUND + b"TAG" + CANARY.ljust(125, b"\x00")


def stored(name: str, content: bytes) -> bytes:
    document = SiteDocument(title="A recording", file=SimpleUploadedFile(name, content))
    document.save()
    assert document.file_size == document.file.size
    return (Path(settings.PRIVATE_ROOT) / str(document.file.name)).read_bytes()


@pytest.mark.parametrize("name", ["walk.mp4", "walk.M4A"])
def test_a_video_loses_place_owner_and_time_and_keeps_its_frames(db: None, name: str) -> None:
    taken = video(track(b"vide"), track(b"soun"))
    assert CANARY in taken and b"MADEWHEN" in taken
    kept = stored(name, taken)
    assert b"canary" not in kept and b"MADEWHEN" not in kept and b"CHANGED" not in kept
    assert len(kept) == len(taken), "nothing may move: a table in the file says where each frame lies"
    assert kept.endswith(b"FRAMES" * 50)


def test_an_mp3_loses_its_tags_and_keeps_its_sound(db: None) -> None:
    assert stored("song.mp3", tagged_mp3()) == SOUND


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("walk.mp4", video(track(b"vide"), track(b"meta")), "more than sound and picture"),
        ("walk.mp4", b"<script>alert(1)</script>", "cannot be read"),
        ("walk.mp4", b"", "cannot be read"),
        ("walk.mp4", video(track(b"vide"))[:-9], "cannot be read"),
        ("walk.mp4", box(b"ftyp", b"isom"), "cannot be read"),
        ("song.mp3", b"RIFF....WAVE", "cannot be read"),
        ("song.mp3", b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f", "cannot be read"),
    ],
)
def test_what_is_no_recording_or_more_than_one_is_refused(db: None, name: str, content: bytes, sentence: str) -> None:
    document = SiteDocument(title="x", file=SimpleUploadedFile(name, content))
    with pytest.raises(ValidationError, match=sentence):
        document.full_clean(exclude=["file_hash"])
    with pytest.raises(ValidationError, match=sentence):
        SiteDocument(title="x", file=SimpleUploadedFile(name, content)).save()
    assert not list(Path(settings.PRIVATE_ROOT).rglob(f"*{name}"))


def test_a_player_gets_the_part_it_asks_for(db: None, client: Client) -> None:
    document = SiteDocument(title="Song", file=SimpleUploadedFile("song.mp3", SOUND))
    document.save()
    for asked, status, content, said in (
        ("bytes=0-3", 206, SOUND[:4], f"bytes 0-3/{len(SOUND)}"),
        ("bytes=200-", 206, SOUND[200:], f"bytes 200-{len(SOUND) - 1}/{len(SOUND)}"),
        ("bytes=-5", 206, SOUND[-5:], f"bytes {len(SOUND) - 5}-{len(SOUND) - 1}/{len(SOUND)}"),
        ("bytes=10-999999", 206, SOUND[10:], f"bytes 10-{len(SOUND) - 1}/{len(SOUND)}"),
        ("bytes=999999-", 416, b"", f"bytes */{len(SOUND)}"),
        ("bytes=3-1", 416, b"", f"bytes */{len(SOUND)}"),
        ("bytes=0-1,4-5", 200, SOUND, None),
        ("bytes=-", 200, SOUND, None),
        ("lines=1-2", 200, SOUND, None),
    ):
        answer = client.get(document.url, headers={"Range": asked})
        got = b"".join(answer) if answer.streaming else answer.content  # type: ignore[arg-type,attr-defined]
        assert (answer.status_code, got, answer.get("Content-Range")) == (status, content, said), asked
    whole = client.get(document.url)
    assert whole["Content-Type"] == "audio/mpeg" and whole["Accept-Ranges"] == "bytes"

"""A part of a file on request, as players ask for it: without it Safari plays no recording and nobody can seek."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Any, cast

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

ONE_RANGE = re.compile(r"bytes=(\d{1,15})?-(\d{1,15})?\Z")
PIECE = 64 * 1024


def with_range(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """The part that was asked for; the whole where nothing, or nothing that makes sense, was."""
    if not isinstance(response, FileResponse) or response.status_code != 200:
        return response
    response["Accept-Ranges"] = "bytes"
    asked = ONE_RANGE.match(request.headers.get("Range", ""))
    # A range of a file that has changed meanwhile would be glued to the old one's beginning.
    if asked is None or not any(asked.groups()) or "If-Range" in request.headers:
        return response
    size = int(response["Content-Length"])
    first, last = _bounds(asked[1], asked[2], size)
    if first > last:
        # Not the response: closing that ends the request.
        cast(Any, response.file_to_stream).close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    return _part(response, first, last, size)


def _bounds(first: str | None, last: str | None, size: int) -> tuple[int, int]:
    if first is None:
        return max(size - int(last or 0), 0), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


def _part(whole: FileResponse, first: int, last: int, size: int) -> StreamingHttpResponse:
    file: Any = whole.file_to_stream
    file.seek(first)
    part = StreamingHttpResponse(_Pieces(file, last - first + 1), status=206)
    for name, value in whole.headers.items():
        part[name] = value
    part["Content-Range"] = f"bytes {first}-{last}/{size}"
    part["Content-Length"] = str(last - first + 1)
    return part


class _Pieces:
    """What is left to be sent; the response closes it, and with it the file."""

    def __init__(self, file: IO[bytes], left: int) -> None:
        self.file, self.left = file, left
        self.close = file.close

    def __iter__(self) -> Iterator[bytes]:
        while self.left > 0 and (piece := self.file.read(min(PIECE, self.left))):
            self.left -= len(piece)
            yield piece

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from wagtail.images.forms import BaseImageForm

from pages.photos import clean_picture


class PictureForm(BaseImageForm):
    """Wagtail's upload form: what cannot be read is refused beside the field instead of failing later."""

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        return clean_picture(file) if isinstance(file, UploadedFile) else file

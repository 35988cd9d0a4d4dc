from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from PIL import Image
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from pages.photos import TOO_LARGE, UNREADABLE, clean_picture


class PictureField(WagtailImageField):
    """Wagtail's own field fails with a 500 on a picture that was cut off on its way, and on one made to fill memory."""

    def to_python(self, data: Any) -> Any:
        try:
            return super().to_python(data)
        except Image.DecompressionBombError as error:
            raise ValidationError(TOO_LARGE) from error
        except (OSError, ValueError, SyntaxError) as error:
            raise ValidationError(UNREADABLE) from error


class PictureForm(BaseImageForm):
    """Wagtail's upload form: what cannot be read is refused beside the field."""

    file = PictureField(label="File", widget=forms.FileInput())

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        return clean_picture(file) if isinstance(file, UploadedFile) else file

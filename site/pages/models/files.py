"""Pictures and documents: originals lie in the private root, and so do the renditions of a private collection."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.storage import Storage, storages
from django.db import models
from wagtail.documents.models import AbstractDocument, Document
from wagtail.images.models import (
    AbstractImage,
    AbstractRendition,
    Image,
    WagtailImageField,
    get_upload_to,
)

from pages import storing
from pages.photos import CleanPicture, clean_picture
from pages.recordings import ENDINGS, CleanRecording, clean_recording


def private_storage() -> Storage:
    return storages["private"]


class SiteImage(AbstractImage):
    """A picture. What is stored was drawn anew: no place, camera, name or thumbnail of the upload is left."""

    file = WagtailImageField(
        verbose_name="file",
        upload_to=get_upload_to,
        width_field="width",
        height_field="height",
        storage=private_storage,
    )

    # Of the person on it. Such a picture lies in the private root and is served while their consent is live.
    consent = models.ForeignKey("pages.Consent", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    admin_form_fields = Image.admin_form_fields

    class Meta(AbstractImage.Meta):
        permissions = [("choose_image", "Can choose image")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        # Here and not in a form: a photo's GPS position must not reach the disk by any way in.
        if self.file and not self.file._committed and not isinstance(self.file.file, CleanPicture):
            self.file = clean_picture(self.file.file)
            self._set_image_file_metadata()
        super().save(*args, **kwargs)


class SiteRendition(AbstractRendition):
    image = models.ForeignKey(SiteImage, related_name="renditions", on_delete=models.CASCADE)

    def get_upload_to(self, filename: str) -> str:
        needs_consent = self.image.consent_id is not None
        is_private = needs_consent or self.image.collection.get_view_restrictions().exists()
        folder = storing.PRIVATE_FOLDER if is_private else storing.PUBLIC_FOLDER
        return f"{folder}/{self.file.field.storage.get_valid_name(filename)}"

    @staticmethod
    def construct_cache_key(image: SiteImage, filter_cache_key: str, filter_spec: str) -> str:
        # With what makes a picture private, so that it leaves its old address at once, in every process.
        key = AbstractRendition.construct_cache_key(image, filter_cache_key, filter_spec)
        return f"{key}-{image.collection_id}-{image.consent_id or 0}"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "filter_spec", "focal_point_key"], name="one_rendition_per_image_and_filter"
            )
        ]
        # Each picture on each page is looked up by its file.
        indexes = [models.Index(fields=["file"], name="rendition_file")]


class SiteDocument(AbstractDocument):
    """A document or a recording. Only our view, which asks the collection's privacy, streams it."""

    file = models.FileField("file", upload_to="documents", storage=private_storage)

    admin_form_fields = Document.admin_form_fields

    class Meta(AbstractDocument.Meta):
        permissions = [("choose_document", "Can choose document")]

    def clean(self) -> None:
        super().clean()
        if self._is_new_recording():
            try:
                self._clean_recording()
            except ValidationError as error:
                raise ValidationError({"file": error.messages}) from error

    def save(self, *args: Any, **kwargs: Any) -> None:
        # Here as well as beside the form's field: where a video was made must not reach the disk by any way in.
        if self._is_new_recording():
            self._clean_recording()
            self._set_document_file_metadata()
        super().save(*args, **kwargs)

    def _is_new_recording(self) -> bool:
        if not self.file or self.file._committed:  # type: ignore[attr-defined]
            return False
        return self.file_extension.lower() in ENDINGS and not isinstance(self.file.file, CleanRecording)

    def _clean_recording(self) -> None:
        self.file = clean_recording(self.file.file, self.filename)

"""What lessons are built from. Files are streamed by ``training.lessons``, to whoever may read the lesson."""

from __future__ import annotations

from typing import Any

from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock

from pages.blocks import PictureBlock, RecordingBlock

TEXT_FEATURES = ["h2", "h3", "bold", "italic", "link", "ol", "ul"]


class LessonRecordingBlock(RecordingBlock):
    class Meta:
        icon = "media"
        template = "training/blocks/recording.html"


class DownloadBlock(blocks.StructBlock):
    document = DocumentChooserBlock()
    title = blocks.CharBlock(max_length=90)

    class Meta:
        icon = "doc-full-inverse"
        template = "training/blocks/download.html"


class LessonBlock(blocks.StreamBlock):
    text = blocks.RichTextBlock(features=TEXT_FEATURES, icon="pilcrow", template="pages/blocks/text.html")
    picture = PictureBlock()
    recording = LessonRecordingBlock()
    download = DownloadBlock()

    def get_searchable_content(self, value: Any) -> list[str]:
        # The index answers everybody: a word of a lesson in it would be found by a stranger.
        return []

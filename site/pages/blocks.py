"""What editors build pages from. Every block has one template in ``templates/pages/blocks/``."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.forms import CheckboxSelectMultiple
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock

from pages import gates
from pages.offers import all_offers, offer_choices
from pages.recordings import ENDINGS

TEXT_FEATURES = ["h2", "h3", "bold", "italic", "link", "document-link", "ol", "ul"]
SHORT_TEXT_FEATURES = ["bold", "italic", "link"]


class LinkBlock(blocks.StructBlock):
    """A link to one of our pages or to an address."""

    label = blocks.CharBlock(max_length=60)
    page = blocks.PageChooserBlock(required=False)
    address = blocks.CharBlock(
        required=False, max_length=300, help_text="Only when no page is chosen: /join/ or https://…"
    )

    class Meta:
        icon = "link"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        address = cleaned["address"]
        if not cleaned["page"] and not address:
            raise blocks.StructBlockValidationError({"page": ValidationError("Choose a page or give an address.")})
        if address and (not address.startswith(("/", "https://", "mailto:", "#")) or address.startswith("//")):
            raise blocks.StructBlockValidationError(
                {"address": ValidationError("Start the address with / or https://.")}
            )
        return cleaned


class HeroBlock(blocks.StructBlock):
    eyebrow = blocks.CharBlock(required=False, max_length=60)
    title = blocks.CharBlock(max_length=90)
    text = blocks.TextBlock(max_length=320)
    image = ImageBlock(required=False)
    links = blocks.ListBlock(LinkBlock(), max_num=2, default=[])

    class Meta:
        icon = "home"
        template = "pages/blocks/hero.html"


class PictureBlock(blocks.StructBlock):
    """A picture with a description for those who cannot see it, unless it is marked as decoration."""

    image = ImageBlock()
    caption = blocks.CharBlock(required=False, max_length=200)

    class Meta:
        icon = "image"
        template = "pages/blocks/picture.html"


class FeatureBlock(blocks.StructBlock):
    """A picture beside a text."""

    title = blocks.CharBlock(max_length=90)
    text = blocks.RichTextBlock(features=TEXT_FEATURES)
    image = ImageBlock()
    side = blocks.ChoiceBlock(choices=[("start", "Picture first"), ("end", "Text first")], default="end")
    links = blocks.ListBlock(LinkBlock(), max_num=1, default=[])

    class Meta:
        icon = "doc-full"
        template = "pages/blocks/feature.html"


class CardBlock(blocks.StructBlock):
    image = ImageBlock(required=False)
    title = blocks.CharBlock(max_length=80)
    text = blocks.RichTextBlock(features=SHORT_TEXT_FEATURES)
    links = blocks.ListBlock(LinkBlock(), max_num=1, default=[])


class CardsBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=90)
    text = blocks.TextBlock(required=False, max_length=300)
    cards = blocks.ListBlock(CardBlock(), min_num=1, max_num=9)

    class Meta:
        icon = "grip"
        template = "pages/blocks/cards.html"


class NumberBlock(blocks.StructBlock):
    figure = blocks.CharBlock(max_length=20)
    label = blocks.CharBlock(max_length=120)


class NumbersBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=90)
    numbers = blocks.ListBlock(NumberBlock(), min_num=1, max_num=4)
    source = blocks.CharBlock(required=False, max_length=200, help_text="Where the figures come from, and as of when.")

    class Meta:
        icon = "order"
        template = "pages/blocks/numbers.html"


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(max_length=400)
    attribution = blocks.CharBlock(max_length=120)

    class Meta:
        icon = "openquote"
        template = "pages/blocks/quote.html"


class QuestionBlock(blocks.StructBlock):
    question = blocks.CharBlock(max_length=160)
    answer = blocks.RichTextBlock(features=TEXT_FEATURES)


class QuestionsBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=90)
    questions = blocks.ListBlock(QuestionBlock(), min_num=1)

    class Meta:
        icon = "help"
        template = "pages/blocks/questions.html"


class CallToActionBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=90)
    text = blocks.TextBlock(required=False, max_length=300)
    links = blocks.ListBlock(LinkBlock(), min_num=1, max_num=2)

    class Meta:
        icon = "pick"
        template = "pages/blocks/call_to_action.html"


class OfferBlock(blocks.StructBlock):
    """Something an offering renders. On cacheable pages it is plain links or a GET form to an uncached step."""

    title = blocks.CharBlock(required=False, max_length=90)
    text = blocks.TextBlock(required=False, max_length=300)
    kind = blocks.ChoiceBlock(choices=offer_choices)
    reference = blocks.CharBlock(required=False, max_length=120)
    options = blocks.TextBlock(required=False, help_text="One “name=value” per line.", rows=3)

    class Meta:
        icon = "tag"
        template = "pages/blocks/offer.html"

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        offer = all_offers().get(value["kind"])
        options = dict(line.split("=", 1) for line in value["options"].splitlines() if "=" in line)
        # An offering that was removed leaves nothing behind, not an error.
        context["offered"] = offer.render(context.get("request"), value["reference"], options) if offer else ""
        context["label"] = offer.label if offer else ""
        return context


class RecordingBlock(blocks.StructBlock):
    """Something to listen to or to watch. It lies among the documents, so its collection says who may."""

    recording = DocumentChooserBlock(help_text="An MP3, M4A or MP4 file from the documents.")
    title = blocks.CharBlock(max_length=90)
    transcript = blocks.RichTextBlock(
        features=SHORT_TEXT_FEATURES, help_text="What is said and shown, for those who cannot hear or see it."
    )

    class Meta:
        icon = "media"
        template = "pages/blocks/recording.html"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if cleaned["recording"].file_extension.lower() not in ENDINGS:
            raise blocks.StructBlockValidationError({"recording": ValidationError("Choose an MP3, M4A or MP4 file.")})
        return cleaned


class TextsBlock(blocks.StreamBlock):
    """What stands in the column of a page's text; also what a members' block can hold."""

    text = blocks.RichTextBlock(features=TEXT_FEATURES, icon="pilcrow", template="pages/blocks/text.html", group="Text")
    picture = PictureBlock(group="Text")
    feature = FeatureBlock(group="Text")
    quote = QuoteBlock(group="Text")
    recording = RecordingBlock(group="Text")


class MembersBlock(blocks.StructBlock):
    """A teaser for everybody and a part of the page for members, which nobody else is sent."""

    teaser = blocks.RichTextBlock(features=SHORT_TEXT_FEATURES, help_text="Everybody sees this, and search finds it.")
    who = blocks.MultipleChoiceBlock(
        choices=gates.gate_choices,
        default=[gates.ANY],
        widget=CheckboxSelectMultiple,
        label="Open to",
        help_text="Only while their membership runs. Files and pictures need a collection for members as well.",
    )
    body = TextsBlock(label="For members only", help_text="Neither search nor anybody else gets any of this.")

    class Meta:
        icon = "lock"
        template = "pages/blocks/members.html"

    def get_searchable_content(self, value: Any) -> list[str]:
        # The index answers everybody: a word of the body in it would be found by a stranger.
        return list(self.child_blocks["teaser"].get_searchable_content(value["teaser"]))

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        request = context.get("request")
        context["is_preview"] = bool(getattr(request, "is_preview", False))
        context["is_open"] = context["is_preview"] or bool(request and gates.opens_to(request, value["who"]))
        if request is not None:
            gates.mark_members_block(request)
            if not context["is_open"] or context["is_preview"]:
                groups = gates.groups_behind(value["who"], gates.standing_of(request).kept)
                context.update(gates.invitation_context(request, groups))
        return context


class BodyBlock(blocks.StreamBlock):
    hero = HeroBlock(group="Bands")
    text = blocks.RichTextBlock(features=TEXT_FEATURES, icon="pilcrow", template="pages/blocks/text.html", group="Text")
    picture = PictureBlock(group="Text")
    feature = FeatureBlock(group="Text")
    cards = CardsBlock(group="Bands")
    numbers = NumbersBlock(group="Bands")
    quote = QuoteBlock(group="Text")
    questions = QuestionsBlock(group="Text")
    call_to_action = CallToActionBlock(group="Bands")
    offer = OfferBlock(group="Bands")
    recording = RecordingBlock(group="Text")
    members = MembersBlock(group="Members")

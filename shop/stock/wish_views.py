"""The page on which somebody asks to hear when a thing is there again, and the one on which they take that back."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.steady import steady
from payments.guard.visitor import address_key
from shop.catalogue.closed import closed_to
from shop.models import Variant
from shop.stock import wishes


class WishForm(forms.Form):
    email = forms.EmailField(
        label="Your e-mail address",
        max_length=254,
        help_text="We write once, when it is there again, and then forget it.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


@never_cache
@steady
@require_http_methods(["GET", "HEAD", "POST"])
def wish(request: HttpRequest, variant: int) -> HttpResponse:
    """The answer is the same for every address, and however often it is asked."""
    asked = get_object_or_404(Variant.objects.select_related("product"), pk=variant, product__live=True)
    product = asked.product
    if closed_to(request, [product]):
        raise Http404
    wanted = wishes.sold_out().filter(pk=variant).first()
    if wanted is None:
        messages.info(request, "You can have it now." if asked.is_offered else "This is not sold any more.")
        return redirect(product.get_url(request))
    form = WishForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "variant": wanted, "product_url": product.get_url(request)}
    if request.method != "POST" or not form.is_valid():
        return render(request, "shop/stock/wish.html", context, status=422 if form.errors else 200)
    wishes.wish(
        wanted,
        form.cleaned_data["email"],
        language=get_language() or "en",
        from_address=address_key(request, timezone.now()),
    )
    return render(request, "shop/stock/wished.html", context)


# The token is the right to do it. A GET changes nothing: mail readers open every link.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_wishes(request: HttpRequest, token: str) -> HttpResponse:
    if request.method == "POST":
        wishes.stop(token)
    return render(request, "shop/stock/wish_stop.html", {"is_done": request.method == "POST"})

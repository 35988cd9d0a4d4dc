"""Two payers that are one: merging them, and undoing it. Nothing in the books is rewritten.

The merged payer keeps its rows (payments, receipts, plans, Stripe's customer) and leads to the kept one, which is never
merged itself: what had been merged into the merged payer follows it. All rows of one payer have the same user, so that
whoever asks by user sees everything.
"""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.utils import timezone
from wagtail import hooks

from accounts.models import User
from receipts.models import Payer, PayerMerge
from receipts.payers import change_payer, owner_of

# What staff choose between, and the fields that go together: half an address is nobody's.
CHOICES: dict[str, tuple[str, ...]] = {
    "kind": ("kind",),
    "name": ("name",),
    "email": ("email",),
    "address": ("line1", "line2", "city", "region", "postcode", "country"),
    "language": ("language",),
}
LABELS = {"kind": "Kind", "name": "Name", "email": "E-mail", "address": "Address", "language": "Language"}


class MergeRefused(Exception):
    """These two cannot be merged, or the merge cannot be undone. Its text is a sentence for staff."""


def why_not(kept: Payer, merged: Payer) -> str:
    """Why the one cannot be merged into the other; empty when it can."""
    if kept.pk == merged.pk:
        return "This is one and the same payer."
    for payer in (kept, merged):
        if payer.erased_at:
            return "One of them was erased at their own wish, and nobody is found in it again."
        if payer.merged_into_id:
            return f"{payer.name} was merged into another payer already. Look again."
    if kept.user_id and merged.user_id and kept.user_id != merged.user_id:
        return (
            "Each of them has a log-in of its own, and a merge would show one person's payments to the other. Ask the "
            "supporter which one they keep; the other has to be closed first."
        )
    return ""


def values_of(payer: Payer, choice: str) -> dict[str, str]:
    return {field: str(getattr(payer, field) or "") for field in CHOICES[choice]}


@transaction.atomic
def merge(*, kept: Payer, merged: Payer, take: Collection[str] = (), by: User | None) -> PayerMerge:
    """Merge one payer into another, which takes over what `take` names of CHOICES.

    Raises MergeRefused with the reason.
    """
    kept, merged = _locked(kept.pk, merged.pk)
    if reason := why_not(kept, merged):
        raise MergeRefused(reason)
    taken = {field: value for choice in take for field, value in values_of(merged, choice).items()}
    before = {field: str(getattr(kept, field) or "") for field in taken}
    record = PayerMerge.objects.create(
        kept=kept, merged=merged, by=by, at=timezone.now(),
        after=taken, before={**before, "fingerprint": kept.fingerprint},
        kept_user=kept.user_id, merged_user=merged.user_id,
        followed=list(Payer.objects.filter(merged_into=merged).order_by("pk").values_list("pk", flat=True)),
    )  # fmt: skip
    change_payer(kept, taken)
    Payer.objects.filter(pk__in=[merged.pk, *record.followed]).update(merged_into=kept)
    _give(kept, kept.user_id or merged.user_id)
    return record


@transaction.atomic
def undo(record: PayerMerge, *, by: User | None) -> list[str]:
    """Part the two again. Returns the labels of what the kept payer keeps, because it was changed since.

    Raises MergeRefused when it was undone already.
    """
    undone = PayerMerge.objects.filter(pk=record.pk, undone_at=None)
    if not undone.update(undone_at=timezone.now(), undone_by=by):
        raise MergeRefused("This merge was undone already.")
    kept, merged = _locked(record.kept_id, record.merged_id)
    together = merged.merged_into_id
    merged.merged_into = None
    merged.save(update_fields=["merged_into"])
    Payer.objects.filter(pk__in=_still_following(record), merged_into=together).update(merged_into=merged)
    stays = _put_back(record, kept)
    shared = merged.user_id
    _give(merged, _own_user(merged, before=record.merged_user, shared=shared))
    if kept.merged_into_id is None:
        _give(kept, _own_user(kept, before=record.kept_user, shared=shared))
    return stays


def _locked(*pks: int) -> tuple[Payer, Payer]:
    """Both rows, locked in one order: of two people who merge at once, the second sees what the first did."""
    rows = {row.pk: row for row in Payer.objects.select_for_update().filter(pk__in=pks).order_by("pk")}
    first, second = pks
    return rows[first], rows[second]


def _still_following(record: PayerMerge) -> list[int]:
    """What came along with the merged payer and was not parted from it since."""
    group = [record.merged_id, *record.followed]
    since = PayerMerge.objects.filter(merged__in=record.followed, kept__in=group, undone_at=None)
    return list(since.values_list("merged", flat=True))


def _put_back(record: PayerMerge, kept: Payer) -> list[str]:
    stays, values = [], {}
    for choice, fields in CHOICES.items():
        if not set(fields) <= record.after.keys() & record.before.keys():
            continue
        if values_of(kept, choice) == {field: record.after[field] for field in fields}:
            values.update({field: record.before[field] for field in fields})
        else:
            stays.append(LABELS[choice])
    if change_payer(kept, values) and not stays:
        _recognise_again(kept, record.before.get("fingerprint", ""))
    return stays


def _recognise_again(kept: Payer, fingerprint: str) -> None:
    """Who types the old identity is this payer again, unless a new one was made for it meanwhile."""
    try:
        with transaction.atomic():
            Payer.objects.filter(pk=kept.pk).update(fingerprint=fingerprint or kept.fingerprint)
    except IntegrityError:
        return


def _own_user(payer: Payer, *, before: int | None, shared: int | None) -> int | None:
    """Whose a payer is by itself: who had it before, or who has proved to read its address."""
    if before is not None and before == shared:
        return before
    owner = owner_of(payer.email)
    return owner.pk if owner else None


def _give(payer: Payer, user_id: int | None) -> None:
    """Give a payer with all its rows to a user. Other apps are told by the hook `payer_logins_changed`: (users)."""
    rows = Payer.objects.same_as(payer)
    users = [pk for pk in {user_id, *rows.values_list("user_id", flat=True)} if pk]
    rows.update(user_id=user_id)
    changed = list(get_user_model().objects.filter(pk__in=users))
    for tell in hooks.get_hooks("payer_logins_changed"):
        tell(changed)

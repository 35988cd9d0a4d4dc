"""A field for what is sold cheaper to members, or shown to them alone."""

from __future__ import annotations

from typing import Any

from django.db import models

from pages.gates import kept_groups


def groups_with_a_gate() -> dict[str, Any]:
    return {"pk__in": list(kept_groups())}


class MemberGroupField(models.ForeignKey):
    """A group that an offering keeps a gate for. To choose a staff role here would sell cheaper to nobody."""

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{**kwargs, "limit_choices_to": groups_with_a_gate})

    def deconstruct(self) -> Any:
        # To the database it is any group: migrations need none of our code.
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.ForeignKey", args, kwargs

"""Lists with cursors, as every list of Stripe's API works."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stripe_sandbox.contract import LIST_PARAMETERS
from stripe_sandbox.errors import ApiError, no_such
from stripe_sandbox.routing import Call
from stripe_sandbox.store import Json


def whole_list(items: list[Json], url: str) -> Json:
    return {"object": "list", "data": items, "has_more": False, "url": url}


def page_of(call: Call, items: Iterable[Json]) -> Json:
    """One page of ``items`` (newest first) after the filters in the call that name a field of theirs."""
    params = call.params
    limit = params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise ApiError("Invalid limit: must be between 1 and 100.", param="limit")
    filters = {name: value for name, value in params.items() if name not in LIST_PARAMETERS}
    kept = [item for item in items if not item.get("deleted") and fits_all(item, filters)]
    if "starting_after" in params:
        kept = kept[position(kept, params["starting_after"], "starting_after") + 1 :]
    if "ending_before" in params:
        kept = kept[: position(kept, params["ending_before"], "ending_before")][-limit:]
    return {"object": "list", "data": kept[:limit], "has_more": len(kept) > limit, "url": call.path}


def position(items: list[Json], identifier: str, param: str) -> int:
    for place, item in enumerate(items):
        if item["id"] == identifier:
            return place
    raise no_such("object", identifier, param=param, status=400)


def fits_all(item: Json, filters: dict[str, Any]) -> bool:
    return all(fits(item.get(name), wanted) for name, wanted in filters.items())


def fits(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict):
        if isinstance(found, dict):
            return fits_all(found, wanted)
        return found is not None and within(int(found), wanted)
    return bool(found == wanted)


def within(moment: int, bounds: dict[str, int]) -> bool:
    """``created[gt|gte|lt|lte]``."""
    checks = {
        "gt": moment > bounds.get("gt", moment - 1),
        "gte": moment >= bounds.get("gte", moment),
        "lt": moment < bounds.get("lt", moment + 1),
        "lte": moment <= bounds.get("lte", moment),
    }
    return all(checks.values())

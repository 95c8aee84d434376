"""Give the explorer's map its ground: outlines in longitude and latitude, small enough to send with the page."""

from collections.abc import Iterator
from typing import Any

import shapely

from ...data import MissingExtraError
from ...data.wording.catalogue import Text, text
from ...geo.space.basemaps import basemap
from ..plan.schema import Study
from ..stages.place import Layers

__all__ = ["ground_of"]

# degrees: finer than a pixel of the map at the zoom it opens with
_FINE = 0.04


def ground_of(study: Study, layers: Layers) -> dict[str, Any]:
    """Return outlines by kind (those of `basemap`, ``scope``), the box to show and the note beneath."""
    centers, scopes = (layers.drawn[name] for name in ("centers", "scopes"))
    shapes = [{"kind": "scope", "lines": list(_lines(shape))} for shape in scopes.geometry if shape is not None]
    box = centers.total_bounds.tolist()
    note: Text | None = None
    try:
        found = basemap(study.map.boundaries, [centers], folder=study.folder, approval=study.map.approval)
        ground, note, china = found.ground, found.source, found.china
    except MissingExtraError as error:
        note = text("explorer.no_boundaries", reason=error.said)
    else:
        if ground is not None:
            if china:
                box = ground[ground["kind"] != "land"].total_bounds.tolist()
            drawn = zip(ground["kind"], ground.geometry, strict=True)
            shapes = [{"kind": kind, "lines": list(_lines(shape))} for kind, shape in drawn] + shapes
    return {"box": box, "shapes": shapes, "note": note and note.to_dict()}


def _lines(shape: Any) -> Iterator[list[float]]:  # noqa: ANN401 - any geometry
    """Write each ring or line as longitude, latitude and so on."""
    for part in shapely.get_parts(shape):
        for line in [part.exterior, *part.interiors] if hasattr(part, "exterior") else [part]:
            points = shapely.get_coordinates(line.simplify(_FINE))
            if len(points) > 3 or not hasattr(part, "exterior"):
                yield points.round(2).ravel().tolist()

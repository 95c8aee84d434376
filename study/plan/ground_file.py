"""Check the file of areas that a study lays under its map."""

from pathlib import Path

from ...data import Fault, GeometryError, OptionError
from .schema import STUDY_FILE, Study

__all__ = ["ground_faults"]


def ground_faults(study: Study) -> list[Fault]:
    """Return what keeps a file of areas from being the ground of the map."""
    if (name := study.map.file) is None:
        # the boundaries of the package were approved by nobody, and lack one of the ten dashes
        given = study.map.approval
        return [Fault.of("faults.map.approval", STUDY_FILE, column="map.approval", got=given)] if given else []
    from ...geo import boundaries

    folder = study.folder or Path()

    if not (folder / name).exists():
        return [Fault.of("faults.map.absent", STUDY_FILE, column="map.boundaries", got=name)]
    try:
        boundaries(folder / name)
    except (GeometryError, OptionError) as error:
        return [Fault.of("faults.map.unfit", STUDY_FILE, column="map.boundaries", got=name, error=error)]
    return []

from .catalogue import describe, list_datasets, load
from .errors import (
    Fault,
    GeometryError,
    InnoscapeError,
    InnoscapeWarning,
    MissingExtraError,
    OptionError,
    OutputError,
    StudyError,
    TableError,
    UnknownDatasetError,
    UnknownPlaceError,
)
from .framework import Framework
from .places import container, find_places, match_places, nested_pairs, normalize_name
from .reading import read_frame, read_table
from .records import contract_flows, copatent_flows
from .synthetic import synthetic_contracts, synthetic_patents
from .tables import check_table, contract
from .workbook import read_workbook

__all__ = [
    "Fault",
    "Framework",
    "GeometryError",
    "InnoscapeError",
    "InnoscapeWarning",
    "MissingExtraError",
    "OptionError",
    "OutputError",
    "StudyError",
    "TableError",
    "UnknownDatasetError",
    "UnknownPlaceError",
    "check_table",
    "container",
    "contract",
    "contract_flows",
    "copatent_flows",
    "describe",
    "find_places",
    "list_datasets",
    "load",
    "match_places",
    "nested_pairs",
    "normalize_name",
    "read_frame",
    "read_table",
    "read_workbook",
    "synthetic_contracts",
    "synthetic_patents",
]

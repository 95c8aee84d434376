from .audit.audit_folder import audit_folder
from .audit.claims import audit_claims
from .audit.consistency import consistency
from .budget import Budget, available_memory
from .contracts.check_table import check_table, contract
from .conventions import list_conventions
from .datasets import describe, list_datasets, load
from .errors import (
    Fault,
    GeometryError,
    InfeasibleError,
    InnoscapeError,
    InnoscapeWarning,
    MissingExtraError,
    OptionError,
    OutputError,
    ResultError,
    ShortageError,
    SizeError,
    StudyError,
    TableError,
    UnknownDatasetError,
    UnknownPlaceError,
)
from .framework import Framework
from .places.addresses import place_addresses
from .places.gazetteer import Gazetteer
from .places.names import find_places, match_places, normalize_name
from .places.nesting import container, nested_pairs, overlapping_pairs
from .reading.network_parts import NetworkFile
from .reading.read_network import read_network
from .reading.read_unit import ReadUnit, read_unit
from .reading.tables import read_frame, read_table
from .reading.workbook import read_workbook
from .records.directed_flows import citation_flows, transfer_flows
from .records.flows import contract_flows, copatent_flows
from .records.two_mode import project_ties, two_mode
from .sources.read_indicators import read_indicators
from .sources.read_records import read_records
from .synthetic import synthetic_contracts, synthetic_patents
from .synthetic_addresses import synthetic_addresses
from .synthetic_exports import synthetic_export
from .synthetic_provinces import synthetic_provinces
from .synthetic_yearbook import synthetic_yearbook
from .testing.spoiled_tables import spoiled_files, spoiled_tables
from .testing.valid_tables import valid_tables
from .tier_scale import TierScale
from .wording.catalogue import Text

__all__ = [
    "Budget",
    "Fault",
    "Framework",
    "Gazetteer",
    "GeometryError",
    "InfeasibleError",
    "InnoscapeError",
    "InnoscapeWarning",
    "MissingExtraError",
    "NetworkFile",
    "OptionError",
    "OutputError",
    "ReadUnit",
    "ResultError",
    "ShortageError",
    "SizeError",
    "StudyError",
    "TableError",
    "Text",
    "TierScale",
    "UnknownDatasetError",
    "UnknownPlaceError",
    "audit_claims",
    "audit_folder",
    "available_memory",
    "check_table",
    "citation_flows",
    "consistency",
    "container",
    "contract",
    "contract_flows",
    "copatent_flows",
    "describe",
    "find_places",
    "list_conventions",
    "list_datasets",
    "load",
    "match_places",
    "nested_pairs",
    "normalize_name",
    "overlapping_pairs",
    "place_addresses",
    "project_ties",
    "read_frame",
    "read_indicators",
    "read_network",
    "read_records",
    "read_table",
    "read_unit",
    "read_workbook",
    "spoiled_files",
    "spoiled_tables",
    "synthetic_addresses",
    "synthetic_contracts",
    "synthetic_export",
    "synthetic_patents",
    "synthetic_provinces",
    "synthetic_yearbook",
    "transfer_flows",
    "two_mode",
    "valid_tables",
]

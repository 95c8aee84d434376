"""Name the grounds that a map may have."""

__all__ = ["AREA_FILES", "BASEMAPS"]

BASEMAPS = ("auto", "china-provinces", "china-prefectures", "countries", "none")
# endings of files of areas
AREA_FILES = (".gpkg", ".geojson", ".json", ".shp", ".fgb", ".zip")

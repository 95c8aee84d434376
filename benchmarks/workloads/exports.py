"""Take raw exports and addresses to networks of cities beside pandas and polars, each written as its users would.

The exports are synthetic and clean: what pandas and polars do here reads no other spelling of a header, separator, date
or address, and counts no row that is lost.
"""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from harness import Case, scratch, workload

TOPIC = "Raw exports and addresses"
PIECE = 20_000
SUFFIX = {"regpat": "txt", "patentsview": "tsv", "cn_patents": "csv"}


def written(source: str, rows: int) -> Path:
    """Write a synthetic export piece by piece, each with numbers of its own, until it is long enough."""
    from innoscape.data import synthetic_export

    path, done, at = scratch() / f"{source}-{rows}.{SUFFIX[source]}", 0, 0
    if path.exists():
        return path
    synthetic_export(whole := scratch() / f"piece.{SUFFIX[source]}", source, records=min(PIECE, rows), seed=1)
    head, *lines = whole.read_text(encoding="utf-8").splitlines()
    with path.open("w", encoding="utf-8") as target:
        if source == "regpat":
            head, lines = f"{head}|App_year", [f"{line}|{2000 + n % 20}" for n, line in enumerate(lines)]
        target.write(f"{head}\n")
        while done < rows:
            some = lines[: rows - done]
            if source == "cn_patents":
                target.writelines(f"{line.replace('SYN', f'SYN{at:04d}')}\n" for line in some)
            else:
                target.writelines(f"{at:04d}{line}\n" for line in some)
            done, at = done + len(some), at + 1
    return path


def _cities() -> str:
    from innoscape.data import load

    table = load("places")
    return "|".join(sorted(table.loc[table["kind"].isin(["city", "municipality"]), "place"]))


def with_pandas(source: str, path: Path) -> pd.DataFrame:
    if source == "cn_patents":
        rows = pd.read_csv(path, dtype=str).iloc[:, [2, 3, 5]].set_axis(["k", "name", "place"], axis=1)
        rows["name"], rows["place"] = rows["name"].str.split(r"[;；|、]", regex=True), rows["place"].str.split(";")
        rows = rows.explode(["name", "place"])
        rows["name"] = rows["name"].str.strip()
        rows["place"] = rows["place"].str.extract(f"^({_cities()})", expand=False)
    elif source == "regpat":
        rows = pd.read_csv(path, sep="|", dtype=str, quoting=3).iloc[:, [0, 3, 4, 6, 7]]
        rows = rows.set_axis(["k", "name", "place", "reg", "share"], axis=1)
        rows["share"] = rows["share"].astype(float) * rows["reg"].astype(float)
    else:
        rows = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False).iloc[:, [0, 3, 4, 5, 6]]
        rows = rows.set_axis(["k", "name", "city", "state", "country"], axis=1)
        rows["place"] = (rows["city"] + ", " + rows["state"] + ", " + rows["country"]).str.replace(", ,", ",")
    rows = rows.drop_duplicates(["k", "name", "place"])
    rows = rows[rows["k"].duplicated(keep=False)][["k", "place", *(["share"] if source == "regpat" else [])]]
    both = rows.merge(rows, on="k", suffixes=("", "_b"))
    both = both[both["place"] < both["place_b"]]
    value = both["share"] * both["share_b"] if source == "regpat" else 1.0
    both = both.assign(value=value).rename(columns={"place": "source", "place_b": "target"})
    return both.groupby(["source", "target"], as_index=False)["value"].sum()


def with_polars(source: str, path: Path) -> pd.DataFrame:
    import polars as pl

    mark = {"cn_patents": ",", "regpat": "|", "patentsview": "\t"}[source]
    rows = pl.scan_csv(path, separator=mark, quote_char=None if source == "regpat" else '"', infer_schema=False)
    names = rows.collect_schema().names()
    if source == "cn_patents":
        rows = rows.select(k=pl.col(names[2]), name=pl.col(names[3]), place=pl.col(names[5]))
        rows = rows.with_columns(
            pl.col("name").str.replace_all(r"[;；|、]", ";").str.split(";"), pl.col("place").str.split(";")
        )
        rows = rows.explode("name", "place").with_columns(
            pl.col("name").str.strip_chars(), pl.col("place").str.extract(f"^({_cities()})")
        )
    elif source == "regpat":
        share = pl.col(names[6]).cast(pl.Float64) * pl.col(names[7]).cast(pl.Float64)
        rows = rows.select(k=pl.col(names[0]), name=pl.col(names[3]), place=pl.col(names[4]), share=share)
    else:
        parts = [pl.when(pl.col(one) != "").then(pl.col(one)) for one in names[4:7]]
        place = pl.concat_str(parts, separator=", ", ignore_nulls=True)
        rows = rows.select(k=pl.col(names[0]), name=pl.col(names[3]), place=place)
    rows = rows.unique(["k", "name", "place"], keep="any").drop("name")
    both = rows.join(rows, on="k", suffix="_b").filter(pl.col("place") < pl.col("place_b"))
    value = pl.col("share") * pl.col("share_b") if source == "regpat" else pl.lit(1.0)
    both = both.select(source="place", target="place_b", value=value)
    return both.group_by("source", "target").agg(pl.col("value").sum()).collect().to_pandas()


def same_network(ours: pd.DataFrame, theirs: pd.DataFrame) -> None:
    one, other = (
        table[table["source"] != table["target"]].sort_values(["source", "target"])["value"].to_numpy(dtype=float)
        for table in (ours, theirs)
    )
    np.testing.assert_allclose(one, other, rtol=1e-5)


@workload(
    "a raw export to a network of places",
    topic=TOPIC,
    unit="rows",
    largest=200_000,
    tiny=200,
    kinds=tuple(SUFFIX),
)
def read_exports(size: int, kind: str) -> Case:
    path = written(kind, size)

    def ours() -> pd.DataFrame:
        from innoscape.data import copatent_flows, read_records

        records = path.with_suffix(".parquet")
        read_records(path, kind, to=records)
        if kind == "regpat":
            return copatent_flows(records, counting="shares", share=["share", "reg_share"], separator=[], window=None)
        return copatent_flows(records, separator=[], window=None)

    case = Case(ours, same_network)

    @case.peer("pandas")
    def _() -> Callable[[], pd.DataFrame]:
        return lambda: with_pandas(kind, path)

    @case.peer("polars")
    def _() -> Callable[[], pd.DataFrame]:
        return lambda: with_polars(kind, path)

    return case


@workload("the prefecture of each Chinese or English address", topic=TOPIC, unit="addresses", largest=200_000, tiny=200)
def place_addresses(size: int, _: str) -> Case:
    """The peer looks for names of prefectures with one pattern: it knows no counties, and no Latin letters."""
    from innoscape.data import Gazetteer, synthetic_addresses
    from innoscape.data import place_addresses as placed

    drawn = synthetic_addresses(size, seed=1)

    def right(ours: pd.Series, theirs: pd.Series) -> None:
        shares = [float((found == drawn["place"]).mean()) for found in (ours, theirs)]
        if shares[0] < max(0.95, shares[1]):
            raise AssertionError(f"{shares[0]:.1%} of addresses placed rightly, the peer {shares[1]:.1%}")

    case = Case(lambda: placed(drawn["address"])["place"], right)

    @case.peer("pandas")
    def _() -> Callable[[], pd.Series]:
        table = Gazetteer.china(("prefecture",)).table
        table = table.loc[table["valid_to"].isna(), ["place", "name_zh", "aliases"]]

        def run() -> pd.Series:
            keys: dict[str, str] = {}
            for place, full, aliases in table.itertuples(index=False):
                for name in (full, str(aliases).split("; ")[0]):
                    keys.setdefault(name, place)
            pattern = "|".join(re.escape(name) for name in sorted(keys, key=len, reverse=True))
            return drawn["address"].str.extract(f"({pattern})", expand=False).map(keys)

        return run

    return case

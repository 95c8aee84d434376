"""Turn records into flows beside Ibis on DuckDB, plain DuckDB, polars and pandas on the same Parquet file.

The peers give flows alone, of records that they take on trust. innoscape also recognizes what is spelled in two ways,
counts what it leaves out, and says so.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from harness import Case, scratch, workload

TOPIC = "Records to flows"
PIECE = 500_000
BY = ["source", "target", "year"]
TRUSTED = "numbers of contracts not compared"
NUMBERS = (TRUSTED, "numbers of contracts compared")

# one row a node and patent, and the pairs of each
PATENTS = """
WITH m AS (
    SELECT application AS k, {node} AS node, min(year(date)) AS year, min(applicant) < max(applicant) AS inside
    FROM '{path}' GROUP BY ALL
), p AS (SELECT k, min(year) AS year FROM m GROUP BY k)
SELECT source, target, year, CAST(count(*) AS DOUBLE) AS value FROM (
    SELECT a.node AS source, b.node AS target, p.year
    FROM m a JOIN m b ON a.k = b.k AND a.node < b.node JOIN p ON p.k = a.k
    UNION ALL SELECT node, node, p.year FROM m JOIN p USING (k) WHERE inside
) GROUP BY ALL
"""


def written(kind: str, rows: int) -> Path:
    """Write synthetic records piece by piece, until there are enough rows, unless they are there."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from innoscape.data import synthetic_contracts, synthetic_patents

    path = scratch() / f"{kind}-{rows}.parquet"
    if path.exists():
        return path
    draw, done, skip, writer = synthetic_contracts if kind == "contracts" else synthetic_patents, 0, 0, None
    while done < rows:
        piece = draw(min(PIECE, rows), skip=skip, seed=0).iloc[: rows - done]
        # the rows of a patent lie apart, as they do in a file sorted by applicant
        piece = piece.sample(frac=1, random_state=np.random.default_rng(skip)) if kind == "patents" else piece
        table = pa.Table.from_pandas(piece, preserve_index=False)
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
        done, skip = done + len(piece), skip + PIECE
    if writer is not None:
        writer.close()
    return path


def same_flows(ours: pd.DataFrame, theirs: pd.DataFrame) -> None:
    one, other = (
        table[[*BY, "value"]].astype({"source": str, "target": str, "year": int, "value": float})
        for table in (ours, theirs)
    )
    one, other = (table.sort_values(BY, ignore_index=True) for table in (one, other))
    pd.testing.assert_frame_equal(one, other, check_dtype=False, rtol=1e-9, atol=1e-6)


@workload(
    "contract flows by seller, buyer and year",
    topic=TOPIC,
    unit="rows",
    largest=2_000_000,
    tiny=2000,
    memory=True,
    kinds=NUMBERS,
)
def contract_flows(size: int, kind: str) -> Case:
    path = written("contracts", size)
    options = {"contract": None} if kind == TRUSTED else {}

    def ours() -> pd.DataFrame:
        from innoscape.data import contract_flows as flows

        return flows(path, **options)

    case = Case(ours, same_flows)

    def ibis_peer(*, counts: bool) -> Callable[[], pd.DataFrame]:
        import ibis

        def run() -> pd.DataFrame:
            table = (connection := ibis.duckdb.connect()).read_parquet(path)
            rows = table.select(source=table.seller, target=table.buyer, year=table.date.year(), amount=table.amount)
            found = rows.group_by(BY).aggregate(value=rows.amount.sum()).to_pandas()
            if counts:
                numbers = table.aggregate(of=table.contract.count(), unlike=table.contract.nunique()).to_pandas()
                found.attrs["repeated"] = int(numbers["of"].iloc[0] - numbers["unlike"].iloc[0])
            connection.disconnect()
            return found

        return run

    case.peer("Ibis on DuckDB", "ibis", "duckdb")(lambda: ibis_peer(counts=False))
    if kind != TRUSTED:
        case.peer("Ibis on DuckDB, repeated numbers counted", "ibis", "duckdb")(lambda: ibis_peer(counts=True))

    @case.peer("polars")
    def _() -> Callable[[], pd.DataFrame]:
        import polars as pl

        def run() -> pd.DataFrame:
            rows = pl.scan_parquet(path).select(
                pl.col("seller").alias("source"),
                pl.col("buyer").alias("target"),
                pl.col("date").dt.year().alias("year"),
                "amount",
            )
            return rows.group_by(BY).agg(pl.col("amount").sum().alias("value")).collect().to_pandas()

        return run

    @case.peer("pandas")
    def _() -> Callable[[], pd.DataFrame]:
        def run() -> pd.DataFrame:
            rows = pd.read_parquet(path, columns=["seller", "buyer", "date", "amount"])
            rows["year"] = rows["date"].dt.year
            rows = rows.rename(columns={"seller": "source", "buyer": "target", "amount": "value"})
            return rows.groupby(BY, as_index=False)["value"].sum()

        return run

    return case


@workload("co-patents by city and year", topic=TOPIC, unit="rows", largest=2_000_000, tiny=2000, memory=True)
def copatent_flows(size: int, _: str) -> Case:
    return _patents(size, "place")


@workload(
    "co-occurrence of organizations in patents", topic=TOPIC, unit="rows", largest=2_000_000, tiny=2000, memory=True
)
def co_occurrence(size: int, _: str) -> Case:
    return _patents(size, "applicant")


def _patents(size: int, node: str) -> Case:
    path = written("patents", size)

    def ours() -> pd.DataFrame:
        from innoscape.data import copatent_flows as flows

        members = "applicants" if node == "applicant" else None
        return flows(path, key="application", nodes=node, members=members)

    case = Case(ours, same_flows)

    @case.peer("Ibis on DuckDB", "ibis", "duckdb")
    def _() -> Callable[[], pd.DataFrame]:
        import ibis

        def run() -> pd.DataFrame:
            table = (connection := ibis.duckdb.connect()).read_parquet(path)
            rows = table.select(k=table.application, node=table[node], who=table.applicant, year=table.date.year())
            members = rows.group_by(["k", "node"]).aggregate(
                year=rows.year.min(), inside=rows.who.min() < rows.who.max()
            )
            years = members.group_by("k").aggregate(year=members.year.min())
            one, two = members.drop("year"), members.select("k", target="node")
            pairs = one.join(two, "k").filter(lambda both: both.node < both.target)
            own = one.filter(one.inside).mutate(target=ibis._.node)
            shown = ["k", "node", "target"]
            both = pairs.select(shown).union(own.select(shown)).join(years, "k").rename(source="node")
            found = both.group_by(BY).aggregate(value=both.count()).to_pandas()
            connection.disconnect()
            return found

        return run

    @case.peer("DuckDB", "duckdb")
    def _() -> Callable[[], pd.DataFrame]:
        import duckdb

        def run() -> pd.DataFrame:
            with duckdb.connect() as connection:
                return connection.sql(PATENTS.format(path=path, node=node)).df()

        return run

    @case.peer("polars")
    def _() -> Callable[[], pd.DataFrame]:
        import polars as pl

        def run() -> pd.DataFrame:
            rows = pl.scan_parquet(path).select(
                pl.col("application").alias("k"), pl.col(node).alias("source"), pl.col("applicant").alias("who"),
                pl.col("date").dt.year().alias("year"),
            )  # fmt: skip
            several = rows.group_by("k").agg(pl.len().alias("rows"), pl.col("year").min()).filter(pl.col("rows") > 1)
            members = rows.drop("year").join(several.drop("rows"), on="k").group_by("k", "source")
            inside = (pl.col("who").min() < pl.col("who").max()).alias("inside")
            lazy = members.agg(pl.col("year").min(), inside).collect().lazy()
            pairs = lazy.join(lazy.select("k", target="source"), on="k").filter(pl.col("source") < pl.col("target"))
            own = lazy.filter(pl.col("inside")).with_columns(target=pl.col("source"))
            both = pl.concat([pairs.select(BY), own.select(BY)])
            return both.group_by(BY).agg(pl.len().cast(pl.Float64).alias("value")).collect().to_pandas()

        return run

    return case

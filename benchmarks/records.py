"""Time records to flows against plain SQL, polars and pandas on the same rows in the same run.

    python benchmarks/records.py --rows 10000000

Synthetic contracts and co-patents are written as Parquet once; every engine reads the same files, with the same number
of threads. Results are compared before anything is timed. "Plain DuckDB SQL" does the work of the package by the
same plan: it adds amounts as exact decimals, counts the contracts added and those left out, and profiles the patents.
"Plain Ibis" is that SQL written with Ibis. The short forms, polars and pandas give flows alone. Places unknown or
spelled in several ways, which the package looks for besides, are part of its time.
"""

import argparse
import os
import statistics
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np

PIECE = 500_000

SQL_CONTRACTS = """
SELECT seller AS source, buyer AS target, year, count(*) AS records, count(amount) AS sound,
    CAST(sum(amount) AS DOUBLE) AS value
FROM (
    SELECT seller, buyer, year(date) AS year,
        CAST(CASE WHEN amount >= 0 AND amount < 1e12 THEN amount END AS DECIMAL(18, 6)) AS amount
    FROM '{path}'
) GROUP BY ALL ORDER BY year, source, target
"""
# flows alone, of amounts that are taken on trust
SQL_CONTRACTS_SHORT = """
SELECT seller AS source, buyer AS target, year(date) AS year,
    CAST(sum(CAST(amount AS DECIMAL(18, 6))) AS DOUBLE) AS value
FROM '{path}' GROUP BY ALL ORDER BY year, source, target
"""
# one row a place and patent, and the pairs of each: the shortest way a user would write it
SQL_PATENTS_SHORT = """
WITH m AS (
    SELECT {key} AS k, place, min(year(date)) AS year, min(applicant) < max(applicant) AS inside
    FROM '{path}' GROUP BY ALL
), p AS (SELECT k, min(year) AS year FROM m GROUP BY k)
SELECT source, target, year, CAST(count(*) AS DOUBLE) AS value FROM (
    SELECT a.place AS source, b.place AS target, p.year
    FROM m a JOIN m b ON a.k = b.k AND a.place < b.place JOIN p ON p.k = a.k
    UNION ALL SELECT place, place, p.year FROM m JOIN p USING (k) WHERE inside
) GROUP BY ALL ORDER BY year, source, target
"""
# applicants and places of a patent, its places, the patent; then the pairs of those that have any, and the profile
SQL_PATENTS = """
WITH c AS (
    SELECT {key} AS k, place, applicant, min(year(date)) AS year, count(*) AS rows FROM '{path}' GROUP BY ALL
), m AS (
    SELECT k, place, min(year) AS year, count(*) AS others FROM c WHERE k <> '' GROUP BY ALL
), p AS (
    SELECT k, min(year) AS year, count(*) AS n, max(others) AS others FROM m GROUP BY ALL
), l AS (
    SELECT k, m.place, p.year, m.others FROM m JOIN p USING (k) WHERE p.n > 1 OR p.others > 1
)
SELECT 'pair' AS part, source, target, year, CAST(count(*) AS DOUBLE) AS value FROM (
    SELECT a.place AS source, b.place AS target, a.year FROM l a JOIN l b ON a.k = b.k AND a.place < b.place
    UNION ALL SELECT place, place, year FROM l WHERE others > 1
) GROUP BY ALL
UNION ALL SELECT 'records', NULL, NULL, year, sum(rows) FROM c GROUP BY ALL
UNION ALL SELECT 'unnumbered', NULL, NULL, year, sum(rows) FROM c WHERE k IS NULL OR k = '' GROUP BY ALL
UNION ALL SELECT 'unnamed', NULL, NULL, year, sum(rows) FROM c WHERE applicant IS NULL GROUP BY ALL
UNION ALL SELECT 'patents', NULL, NULL, year, count(*) FROM p GROUP BY ALL
UNION ALL SELECT 'linked', NULL, NULL, year, count(*) FROM p WHERE n > 1 GROUP BY ALL
ORDER BY part, year, source, target
"""


def write(kind, rows, folder):
    """Write synthetic records piece by piece, until there are enough rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from innoscape.data import synthetic_contracts, synthetic_patents

    draw = synthetic_contracts if kind == "contracts" else synthetic_patents
    path, done, skip, writer = folder / f"{kind}.parquet", 0, 0, None
    while done < rows:
        piece = draw(PIECE, skip=skip, seed=0).iloc[: rows - done]
        # the rows of a patent lie apart, as they do in a file sorted by applicant
        piece = piece.sample(frac=1, random_state=np.random.default_rng(skip)) if kind == "patents" else piece
        table = pa.Table.from_pandas(piece, preserve_index=False)
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
        done, skip = done + len(piece), skip + PIECE
    writer.close()
    return path


def sql(text, threads, **names):
    import duckdb

    def run():
        with duckdb.connect(config={"threads": threads}) as connection:
            return connection.sql(text.format(**names)).to_arrow_table().to_pandas()

    return run


def with_ibis(path, threads):
    """Write the plain SQL of contracts with Ibis."""
    import ibis

    def run():
        connection = ibis.duckdb.connect(threads=threads)
        table = connection.read_parquet(path)
        sound = (table.amount >= 0) & (table.amount < 1e12)
        amount = ibis.ifelse(sound, table.amount, None).cast("decimal(18, 6)")
        rows = table.select(source=table.seller, target=table.buyer, year=table.date.year(), amount=amount)
        flows = rows.group_by(["source", "target", "year"]).aggregate(
            records=rows.count(), sound=rows.amount.count(), value=rows.amount.sum()
        )
        flows = flows.mutate(value=flows.value.cast("float64")).order_by(["year", "source", "target"])
        pulled = flows.to_pandas()
        connection.disconnect()
        return pulled

    return run


def ours(kind, path, threads):
    from innoscape.data import contract_flows, copatent_flows

    def run():
        if kind == "contracts":
            return contract_flows(path, threads=threads)
        return copatent_flows(path, key="application", threads=threads)

    return run


def with_polars(kind, path):
    import polars as pl

    by = ["source", "target", "year"]

    def contracts():
        rows = pl.scan_parquet(path).select(
            pl.col("seller").alias("source"),
            pl.col("buyer").alias("target"),
            pl.col("date").dt.year().alias("year"),
            "amount",
        )
        flows = rows.group_by(by).agg(pl.col("amount").sum().alias("value"))
        return flows.sort("year", "source", "target").collect().to_pandas()

    def patents():
        rows = pl.scan_parquet(path).select(
            pl.col("application").alias("k"), "place", "applicant", pl.col("date").dt.year().alias("year")
        )
        several = rows.group_by("k").agg(pl.len().alias("rows"), pl.col("year").min()).filter(pl.col("rows") > 1)
        members = rows.drop("year").join(several.drop("rows"), on="k").group_by("k", "place")
        members = members.agg(
            pl.col("year").min(), (pl.col("applicant").min() < pl.col("applicant").max()).alias("inside")
        ).collect()
        lazy = members.lazy()
        pairs = lazy.join(lazy.select("k", target="place"), on="k").filter(pl.col("place") < pl.col("target"))
        inside = lazy.filter(pl.col("inside")).with_columns(target=pl.col("place"))
        shown = [pl.col("place").alias("source"), "target", "year"]
        both = pl.concat([pairs.select(shown), inside.select(shown)])
        flows = both.group_by(by).agg(pl.len().cast(pl.Float64).alias("value"))
        return flows.sort("year", "source", "target").collect().to_pandas()

    return contracts if kind == "contracts" else patents


def with_pandas(kind, path):
    import pandas as pd

    by = ["year", "source", "target"]

    def contracts():
        rows = pd.read_parquet(path, columns=["seller", "buyer", "amount", "date"])
        rows = rows.assign(year=rows["date"].dt.year).set_axis(["source", "target", "value", "date", "year"], axis=1)
        return rows.groupby(by, as_index=False)["value"].sum()

    def patents():
        rows = pd.read_parquet(path, columns=["application", "place", "applicant", "date"])
        rows = rows.assign(year=rows["date"].dt.year)
        rows = rows[rows["application"].duplicated(keep=False)]
        year = rows.groupby("application")["year"].min()
        members = rows[["application", "place", "applicant"]].drop_duplicates()
        members = members.groupby(["application", "place"], as_index=False).size()
        members["year"] = members["application"].map(year)
        pairs = members.merge(members[["application", "place"]], on="application", suffixes=("", "_b"))
        pairs = pairs[pairs["place"] < pairs["place_b"]].rename(columns={"place_b": "target"})
        inside = members[members["size"] > 1].assign(target=lambda table: table["place"])
        both = pd.concat([pairs, inside]).rename(columns={"place": "source"})
        return both.groupby(by, as_index=False).size().rename(columns={"size": "value"})

    return contracts if kind == "contracts" else patents


def peers(kind, path, threads):
    found = {"innoscape (Ibis on DuckDB)": ours(kind, path, threads)}
    if kind == "contracts":
        found["plain DuckDB SQL"] = sql(SQL_CONTRACTS, threads, path=path)
        found["plain Ibis on DuckDB"] = with_ibis(path, threads)
        found["plain DuckDB SQL, short"] = sql(SQL_CONTRACTS_SHORT, threads, path=path)
    else:
        found["plain DuckDB SQL"] = sql(SQL_PATENTS, threads, path=path, key="application")
        found["plain DuckDB SQL, short"] = sql(SQL_PATENTS_SHORT, threads, path=path, key="application")
    for name, make in (("polars", with_polars), ("pandas", with_pandas)):
        try:
            __import__(name)
        except ImportError:
            print(f"{name} is not installed: skipped")
            continue
        found[name] = make(kind, path)
    return found


def agree(found):
    results = {}
    for name, run in found.items():
        flows = run()
        flows = flows[flows["part"] == "pair"] if "part" in flows else flows
        flows = flows.sort_values(["year", "source", "target"], ignore_index=True)
        results[name] = flows[["year", "source", "target", "value"]]
    (_, first), *others = results.items()
    for name, other in others:
        same = all((first[c].astype(str) == other[c].astype(str)).all() for c in ("year", "source", "target"))
        if (
            len(first) != len(other)
            or not same
            or not np.allclose(first["value"], other["value"], rtol=1e-9, atol=1e-6)
        ):
            raise SystemExit(f"{name} does not agree: nothing is timed")
    return len(first)


def measure(found, repeats):
    times, rng = {name: [] for name in found}, np.random.default_rng(0)
    for _ in range(repeats):  # in turn, in any order, so that a busy moment hits all alike
        for name in rng.permutation(list(found)):
            # once more than is timed, so that none pays for what another left in the caches
            found[name]()
            begin = time.perf_counter()
            found[name]()
            times[name].append(time.perf_counter() - begin)
    return times


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--kind", choices=["contracts", "patents", "both"], default="both")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    os.environ.setdefault("POLARS_MAX_THREADS", str(options.threads))
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        for kind in ["contracts", "patents"] if options.kind == "both" else [options.kind]:
            path = write(kind, options.rows, Path(folder))
            found = peers(kind, path, options.threads)
            flows = agree(found)
            times = measure(found, options.repeats)
            base = statistics.median(times["plain DuckDB SQL"])
            size = f"{options.rows:,} rows, {flows:,} flows, {options.threads} threads, {options.repeats} repeats"
            print(f"{kind}: {size}; all agree", flush=True)
            for name, each in times.items():
                middle = statistics.median(each)
                print(
                    f"  {name:28s} median {middle:7.3f} s   best {min(each):7.3f} s   {middle / base:5.2f} x plain SQL"
                )
            path.unlink()


if __name__ == "__main__":
    main()

"""Programs that search vectors in their own process. Each is a function of the vectors that
yields settings, from fast to thorough, with a search function for each.

Every program computes on one thread where it has such a setting.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.rivals.measured import K, Search, Vectors

Settings = Iterator[tuple[str, Search]]
Program = Callable[[Vectors], Settings]


def numpy_exact(vectors: Vectors) -> Settings:
    def search(query: Vectors) -> Sequence[int]:
        similarities = vectors @ query
        best = np.argpartition(-similarities, K)[:K]
        return [int(row) for row in best[np.argsort(-similarities[best])]]

    yield "exact", search


def pandas_apply(vectors: Vectors) -> Settings:
    """What the tutorials do: scikit-learn's cosine similarity for each row of a data frame."""
    import pandas
    from sklearn.metrics.pairwise import cosine_similarity

    frame = pandas.DataFrame({"vector": list(vectors)})

    def search(query: Vectors) -> Sequence[int]:
        similarities = frame["vector"].apply(
            lambda row: cosine_similarity(row.reshape(1, -1), query.reshape(1, -1))[0][0]
        )
        return [int(row) for row in similarities.nlargest(K).index]

    yield "apply(cosine_similarity)", search


def faiss_ivfflat(vectors: Vectors) -> Settings:
    import faiss

    lists = round(4 * sqrt(len(vectors)))
    quantizer = faiss.IndexFlatIP(vectors.shape[1])
    index = faiss.IndexIVFFlat(quantizer, vectors.shape[1], lists, faiss.METRIC_INNER_PRODUCT)
    # About as many as pgvector trains with.
    index.cp.max_points_per_centroid = 64
    index.train(vectors)
    index.add(vectors)
    faiss.omp_set_num_threads(1)
    for probes in (2, 5, 10, 20, 40, 80, 160):
        index.nprobe = probes
        yield f"{lists} lists, {probes} probes", faiss_search(index)


def faiss_hnsw(vectors: Vectors) -> Settings:
    import faiss

    index = faiss.IndexHNSWFlat(vectors.shape[1], 16, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = 200
    index.add(vectors)
    faiss.omp_set_num_threads(1)
    for ef in (20, 40, 80, 160, 320, 640):
        index.hnsw.efSearch = ef
        yield f"m 16, ef {ef}", faiss_search(index)


def faiss_search(index: Any) -> Search:
    def search(query: Vectors) -> Sequence[int]:
        rows = index.search(query.reshape(1, -1), K)[1][0]
        return [int(row) for row in rows if row >= 0]

    return search


def hnswlib_graph(vectors: Vectors) -> Settings:
    import hnswlib

    index = hnswlib.Index(space="cosine", dim=vectors.shape[1])
    index.init_index(max_elements=len(vectors), ef_construction=200, M=16)
    index.add_items(vectors)
    index.set_num_threads(1)
    for ef in (20, 40, 80, 160, 320, 640):
        index.set_ef(ef)
        yield f"m 16, ef {ef}", lambda query: [int(row) for row in index.knn_query(query, K)[0][0]]


def chroma(vectors: Vectors) -> Settings:
    import chromadb

    with tempfile.TemporaryDirectory() as folder:
        client = chromadb.PersistentClient(folder)
        for ef in (100, 400):
            hnsw = {"space": "cosine", "ef_search": ef, "max_neighbors": 16}
            rows = client.create_collection(f"ef{ef}", configuration={"hnsw": hnsw})
            for start in range(0, len(vectors), 5000):
                ids = [str(row) for row in range(start, min(start + 5000, len(vectors)))]
                rows.add(ids=ids, embeddings=vectors[start : start + 5000])
            yield f"HNSW, ef {ef}", chroma_search(rows)


def chroma_search(rows: Any) -> Search:
    def search(query: Vectors) -> Sequence[int]:
        answer = rows.query(query_embeddings=[query], n_results=K, include=[])
        return [int(row) for row in answer["ids"][0]]

    return search


def lance(vectors: Vectors) -> Settings:
    import lancedb
    import pyarrow

    with tempfile.TemporaryDirectory() as folder:
        width = vectors.shape[1]
        flat = pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(vectors.ravel()), width)
        data = pyarrow.table({"row": np.arange(len(vectors)), "vector": flat})
        rows = lancedb.connect(Path(folder)).create_table("rows", data)
        rows.create_index(metric="cosine", index_type="IVF_PQ")
        for probes, refine in ((20, 0), (20, 10), (40, 20), (80, 50)):
            yield f"IVF_PQ, {probes} probes, refine {refine}", lance_search(rows, probes, refine)


def lance_search(rows: Any, probes: int, refine: int) -> Search:
    def search(query: Vectors) -> Sequence[int]:
        request = rows.search(query).distance_type("cosine").nprobes(probes).limit(K)
        request = request.refine_factor(refine) if refine else request
        return [
            int(row) for row in request.select(["row", "_distance"]).to_arrow()["row"].to_pylist()
        ]

    return search


def qdrant_local(vectors: Vectors) -> Settings:
    from qdrant_client import QdrantClient, models

    client = QdrantClient(":memory:")
    parameters = models.VectorParams(size=vectors.shape[1], distance=models.Distance.COSINE)
    client.create_collection("rows", vectors_config=parameters)
    client.upload_collection("rows", vectors=vectors, ids=list(range(len(vectors))))

    def search(query: Vectors) -> Sequence[int]:
        answer = client.query_points("rows", query=query.tolist(), limit=K)
        return [int(point.id) for point in answer.points]

    yield "local mode, exact", search


PROGRAMS: dict[str, Program] = {
    "numpy": numpy_exact,
    "pandas": pandas_apply,
    "faiss-ivfflat": faiss_ivfflat,
    "faiss-hnsw": faiss_hnsw,
    "hnswlib": hnswlib_graph,
    "chromadb": chroma,
    "lancedb": lance,
    "qdrant-local": qdrant_local,
}

"""Serves vectors with clip-retrieval's own back end.

    python -m benchmarks.rivals.clip_back FOLDER PORT MODEL

FOLDER has ``vectors.npy``. The index is chosen by autofaiss as ``clip-retrieval index`` does, the
metadata is a Parquet file with a caption and a path for each picture. Queries are vectors
(``embedding_input``), or texts that MODEL, a CLIP model in the format of Hugging Face, encodes
with transformers as clip-retrieval does for such models.

Needs an environment with ``clip-retrieval`` (installed without its dependencies), ``autofaiss``,
``flask``, ``flask_restful``, ``flask_cors``, ``h5py``, ``pandas<3``, ``pyarrow``,
``prometheus-client``, ``torch`` and ``transformers``.
"""

from __future__ import annotations

import importlib.util
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np


def back_end_module() -> Any:
    """``clip_retrieval.clip_back`` without its package's ``__init__``, which imports trainers."""
    spec = importlib.util.find_spec("clip_retrieval")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("clip_retrieval")
    package = types.ModuleType("clip_retrieval")
    package.__path__ = list(spec.submodule_search_locations)
    sys.modules["clip_retrieval"] = package
    return importlib.import_module("clip_retrieval.clip_back")


def make_index(folder: Path) -> Any:
    import faiss
    import pandas
    from autofaiss import build_index

    vectors = np.load(folder / "vectors.npy")
    target = folder / "image.index"
    build_index(
        embeddings=vectors,
        index_path=str(target),
        index_infos_path=str(folder / "image_index_infos.json"),
        metric_type="ip",
        max_index_memory_usage="4GB",
        current_memory_available="16GB",
    )
    rows = [f"picture {number}" for number in range(len(vectors))]
    (folder / "metadata").mkdir(exist_ok=True)
    pandas.DataFrame({"caption": rows, "image_path": rows}).to_parquet(
        folder / "metadata" / "metadata_0.parquet"
    )
    return faiss.read_index(str(target))


class TextModel:
    """What clip-retrieval expects of a model: ``encode_text`` of a batch from the tokenizer."""

    def __init__(self, folder: Path) -> None:
        from transformers import AutoTokenizer, CLIPModel

        self._tokenizer = AutoTokenizer.from_pretrained(folder)
        self._model = CLIPModel.from_pretrained(folder)

    def tokens(self, texts: list[str]) -> Any:
        return self._tokenizer(texts, padding=True, truncation=True, return_tensors="pt")

    def encode_text(self, tokens: Any) -> Any:
        features = self._model.get_text_features(**tokens)
        return getattr(features, "pooler_output", features)


def main(folder: Path, port: int, model_folder: Path) -> None:
    from flask import Flask
    from flask_restful import Api

    back = back_end_module()
    index = make_index(folder)
    model = TextModel(model_folder)
    resource = back.ClipResource(
        device="cpu",
        model=model,
        preprocess=None,
        tokenizer=model.tokens,
        model_txt_mclip=None,
        safety_model=None,
        violence_detector=None,
        metadata_provider=back.ParquetMetadataProvider(str(folder / "metadata")),
        image_index=index,
        text_index=None,
        ivf_old_to_new_mapping=None,
        columns_to_return=["caption", "image_path"],
        metadata_is_ordered_by_ivf=False,
        aesthetic_embeddings=None,
    )
    app = Flask(__name__)
    arguments = {"clip_resources": {"gallery": resource}}
    Api(app).add_resource(back.KnnService, "/knn-service", resource_class_kwargs=arguments)
    app.run(host="127.0.0.1", port=port, debug=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))

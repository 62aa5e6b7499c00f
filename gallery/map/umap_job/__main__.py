"""``python -m gallery.map.umap_job``, started by ``umap_fit``."""

from __future__ import annotations

import os

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "searchsite.settings")
    django.setup()
    from gallery.map import umap_fit  # Its models need the line before.

    umap_fit.run()


if __name__ == "__main__":
    main()

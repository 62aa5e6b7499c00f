"""Print the type of the encoder that a new process loads.

Arguments: the name of the model, the folder of the site's models.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "searchsite.settings")
django.setup()

from django.conf import settings  # noqa: E402

from gallery.encoders import loader  # noqa: E402
from gallery.encoders.model import lookup  # noqa: E402

model, models_dir = sys.argv[1:]
settings.GALLERY["models_dir"] = Path(models_dir)
print(type(loader.load(lookup.find(model))).__name__)

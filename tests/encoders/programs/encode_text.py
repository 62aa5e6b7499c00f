"""Encode a text in a new process.

Prints the shape of the result, whether the model has a logit scale above 1, and whether torch was
imported. Arguments: the name of the model, the folder of the site's models.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "searchsite.settings")

from django.conf import settings

from gallery.encoders import loader
from gallery.encoders.model import lookup

model, models_dir = sys.argv[1:]
settings.GALLERY["models_dir"] = Path(models_dir)
encoder = loader.load(lookup.find(model))
print(encoder.encode_texts(["a red car"]).shape, encoder.logit_scale > 1, "torch" in sys.modules)

"""Program: load the model of a folder, which is its argument. Prints nothing itself."""

from __future__ import annotations

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "searchsite.settings")
django.setup()

from gallery.encoders import loader  # noqa: E402
from gallery.encoders.model import lookup  # noqa: E402

loader.load(lookup.find(sys.argv[1]))

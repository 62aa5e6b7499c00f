"""Program: which large libraries are imported by a process that loads no encoder yet."""

from __future__ import annotations

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "searchsite.settings")
django.setup()

from gallery import tasks  # noqa: E402, F401
from gallery.encoders import loader, memory  # noqa: E402, F401
from gallery.encoders.model import discovery  # noqa: E402, F401

print({"torch", "transformers", "huggingface_hub"} & set(sys.modules))

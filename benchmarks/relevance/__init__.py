"""Whether searches find what is meant, on the demo gallery, with queries written by hand.

Django is configured here, because the modules of the package import models.
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "searchsite.settings")
django.setup()

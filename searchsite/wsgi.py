import os

from django.core.wsgi import get_wsgi_application

from searchsite.frame_memory import in_one_piece

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "searchsite.settings")
application = in_one_piece(get_wsgi_application())

from gallery.embeddings import warm  # noqa: E402 - models need the application first

warm.warm_up()

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("gallery.urls")),
]

handler400 = "searchsite.server_errors.bad_request"
handler500 = "searchsite.server_errors.server_error"

from gallery.admin.images import images

__all__ = ["images"]

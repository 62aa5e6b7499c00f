from gallery.admin.indexes import indexes

__all__ = ["indexes"]

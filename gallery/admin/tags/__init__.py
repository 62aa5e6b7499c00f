"""The vocabulary in the admin: its tags, and the ready-made sets of tags."""

from gallery.admin.tags import image_tag_admin, tag_admin

__all__ = ["image_tag_admin", "tag_admin"]

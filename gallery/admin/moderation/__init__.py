"""The admin pages of moderation: the queue, the rules, and the lists of hashes."""

from gallery.admin.moderation import archive_admin, hash_admin, queue_admin, rule_admin

__all__ = ["archive_admin", "hash_admin", "queue_admin", "rule_admin"]

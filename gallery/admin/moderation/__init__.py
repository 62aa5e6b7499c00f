"""The admin pages of moderation: the queue, the rules, and the lists of hashes."""

from gallery.admin.moderation import hash_admin, queue_admin, rule_admin

__all__ = ["hash_admin", "queue_admin", "rule_admin"]

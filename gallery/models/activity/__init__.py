"""What people do with pictures, and the interests that are computed from it."""

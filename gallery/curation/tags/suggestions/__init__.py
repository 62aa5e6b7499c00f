"""Which tags are suggested for which images, from which similarity, and why."""

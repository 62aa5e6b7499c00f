"""Programs that the tests of this directory run as separate processes."""

"""The state and the statistics of the site, and the page with the documentation."""

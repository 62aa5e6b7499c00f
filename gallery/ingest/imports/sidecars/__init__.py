"""What files beside a picture say about it: Google Takeout, XMP, PhotoPrism and Immich.

Pure functions. They read bytes of strangers and raise nothing for them.
"""

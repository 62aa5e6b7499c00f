"""What people enter for a picture: its checks, and the external id that only one picture has."""

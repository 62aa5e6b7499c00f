"""The page of recommendations, the buttons Like and Dislike, and the recorded activity."""

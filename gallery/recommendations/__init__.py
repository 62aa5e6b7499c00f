"""Pictures that a person may like: their activity, their interests, and the feed made of them."""

"""The interests of a person: clusters of what they liked, viewed and searched for."""

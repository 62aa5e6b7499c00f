"""Written queries, and what each of them is meant to ask.

Half of the queries are set aside, by a hash of their text. They are read only by
``python -m benchmarks.intent.run --held-out``, and the rules were not written with them. All
queries and their meanings were written before the rules, but by the same hand.
"""

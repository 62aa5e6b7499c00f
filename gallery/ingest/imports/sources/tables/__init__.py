"""Tables: CSV, TSV, JSON Lines and Parquet, whose rows are pictures."""

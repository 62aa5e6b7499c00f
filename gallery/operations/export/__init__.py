"""Pictures as files and a Parquet table, for other programs and for another import."""

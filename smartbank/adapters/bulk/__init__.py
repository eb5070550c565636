"""Parquet files anywhere fsspec reaches, and processes that share the work of scoring them."""

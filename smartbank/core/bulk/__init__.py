"""Many leads, from Parquet to ranked Parquet: the work in pieces that any process can do, and what they come to."""

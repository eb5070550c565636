"""Files customers come in by, read as tables: text with separators, XLSX and Parquet."""

"""Use case: score leads from file to file, in pieces that any process can do."""

"""MongoDB storage, one module a repository."""

"""The outside world: MongoDB, HTTP, files and the embedded database, behind the protocols of `core.ports`."""

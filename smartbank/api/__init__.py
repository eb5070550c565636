"""The scoring API: JSON in front of the same use cases as the screens."""

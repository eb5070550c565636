"""What SmartBank costs, beside the floor and beside what else one would pick: `make bench`."""

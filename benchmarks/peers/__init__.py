"""What the programs beside SmartBank are asked: each module runs in the environment of the list of its name."""

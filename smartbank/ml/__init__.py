"""The propensity model: train it, save it, load it, score with it, explain it."""

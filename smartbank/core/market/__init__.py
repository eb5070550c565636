"""The market: indicators, their observations, the snapshot a scoring used, and the model's scale."""

"""The publishers of market figures, asked over the network: one client, four readers, one class a publisher."""

"""Which of a person's pages and devices are connected."""

"""From results to ranks: who stands where, why, and what is still open."""

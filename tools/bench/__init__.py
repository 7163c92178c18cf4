"""What wisp costs: ratios to a baseline that runs in the same call, turn by turn."""

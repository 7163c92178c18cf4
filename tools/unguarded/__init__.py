"""Whether each test of the audit's list fails where the rule that it holds is taken away."""

"""A short session with wisp on local channels, timed."""

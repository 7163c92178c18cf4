"""Locking a workspace: reading, judging, solving anew, writing."""

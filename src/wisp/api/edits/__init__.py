"""Changing a workspace: its manifest edited, its lock and environment brought along."""

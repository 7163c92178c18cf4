"""Signing in by OAuth 2.0: whom to ask, how a person agrees, how tokens are given and renewed."""

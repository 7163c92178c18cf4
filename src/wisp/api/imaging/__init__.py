"""Images of environments: planned, built, written, handed on."""

"""A small Debian as a base: packages chosen, verified, unpacked, without its own tools."""

"""What an environment is made of, as bills of materials that scanners and lawyers read."""

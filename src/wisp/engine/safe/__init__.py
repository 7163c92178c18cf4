"""What strangers made is looked at before it is used: unpacked packages, records of prefixes."""

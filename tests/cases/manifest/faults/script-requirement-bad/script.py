# /// script
# dependencies = ["a b"]
# ///

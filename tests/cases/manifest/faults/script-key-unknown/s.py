# /// script
# requires-python = ">=3.11"
# dependancies = ["six"]
# ///

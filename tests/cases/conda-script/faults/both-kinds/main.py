# /// script
# dependencies = []
# ///
# /// conda-script
# channels = ["c"]
# entrypoint = "x"
# /// end-conda-script

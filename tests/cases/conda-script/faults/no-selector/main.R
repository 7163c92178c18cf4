# /// conda-script
# channels = ["c"]
# entrypoint = {}
# /// end-conda-script

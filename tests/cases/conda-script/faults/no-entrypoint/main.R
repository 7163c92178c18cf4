# /// conda-script
# channels = ["c"]
# /// end-conda-script

# /// conda-script
# channels = ["c"]
# entrypoint = "x"
# platforms = ["linux-64"]
# /// end-conda-script

# /// conda-script
# channels = ["c", 3]
# entrypoint = "x"
# /// end-conda-script

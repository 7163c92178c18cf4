# /// conda-script
# entrypoint = "x"
# /// end-conda-script

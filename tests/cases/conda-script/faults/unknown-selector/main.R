# /// conda-script
# channels = ["c"]
# [entrypoint]
# windows = "x"
# /// end-conda-script

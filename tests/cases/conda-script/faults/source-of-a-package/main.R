# /// conda-script
# channels = ["c"]
# entrypoint = "x"
# [dependencies]
# a = { git = "https://example.com/a" }
# /// end-conda-script

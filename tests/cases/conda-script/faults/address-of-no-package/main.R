# /// conda-script
# channels = ["c"]
# entrypoint = "x"
# [dependencies]
# a = { url = "https://example.com/a.zip" }
# /// end-conda-script

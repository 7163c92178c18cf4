-- /// conda-script
-- channels = ["c"]
-- entrypoint = "x"
-- /// end-conda-script
# /// conda-script
# /// end-conda-script

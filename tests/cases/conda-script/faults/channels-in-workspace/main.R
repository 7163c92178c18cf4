# /// conda-script
# channels = ["c"]
# entrypoint = "x"
# [tool.pixi.workspace]
# channels = ["d"]
# /// end-conda-script

# /// conda-script
# channels = ["c"]
# entrypoint = "x"
# [tool.pixi.tasks]
# a = "b"
# /// end-conda-script

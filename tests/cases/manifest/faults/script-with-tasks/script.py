#!/usr/bin/env python
# /// script
# dependencies = []
# [tool.pixi.tasks]
# x = "a"
# ///

"""How often wisp answers as Pixi did, and the figures below which it must not fall."""

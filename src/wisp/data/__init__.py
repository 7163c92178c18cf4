"""Data that is shipped with wisp; each file's origin and licence stand in `NOTICE.md`."""

"""Edits of manifests that leave every byte alone that they are not about.

`syntax` reads a TOML text into spans, `text` offers single changes of tables, keys and arrays,
`document` knows where a manifest of each kind keeps what, and the other modules are the edits by
subject: requirements, tasks, channels, platforms, environments, features, activation, fields.
All of them return a new `Document`; nothing here touches a file.
"""

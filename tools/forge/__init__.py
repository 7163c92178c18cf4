"""The forge: real local conda channels, made from this interpreter and from wheels.

It knows nothing of wisp. `build` gives the channels of the demo and the tests, `crowd` and `maze`
make large ones for benchmarks, `serve` offers any folder over HTTP.
"""

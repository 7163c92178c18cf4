# wisp on any Debian, Ubuntu, or image of CUDA that stands on one:
#   docker build --tag wisp .
#   docker build --tag wisp:cuda-12 --build-arg BASE=nvidia/cuda:12.9.1-base-ubuntu24.04 .
# It is meant as the first stage of other Dockerfiles, and for CI. Behind a mirror of the package
# index: --build-arg PIP_INDEX_URL=https://...
ARG BASE=debian:trixie-slim

FROM ${BASE} AS build
ENV DEBIAN_FRONTEND=noninteractive
# hadolint ignore=DL3008
RUN apt-get update && \
    apt-get install --yes --no-install-recommends ca-certificates python3-venv && \
    rm -rf /var/lib/apt/lists/*
COPY . /src
ARG PIP_INDEX_URL
# hadolint ignore=DL3013
RUN python3 -m venv /opt/wisp && \
    /opt/wisp/bin/pip install --no-cache-dir "/src[build,zstd]" && \
    /opt/wisp/bin/pip uninstall --yes pip

# hadolint ignore=DL3006
FROM ${BASE}
# hadolint ignore=DL3008
RUN apt-get update && \
    DEBIAN_FRONTEND=noninteractive \
    apt-get install --yes --no-install-recommends ca-certificates git python3 && \
    rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/wisp /opt/wisp
RUN ln -s /opt/wisp/bin/wisp /usr/local/bin/wisp && \
    ln -s /opt/wisp/bin/wisp /usr/local/bin/pixi
CMD ["wisp", "--help"]

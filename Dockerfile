# syntax=docker/dockerfile:1

# The bridge in an image of its own, for BridgeCode.fromImage(..):
#   docker build --tag registry.example.com/edge-inference-bridge:0.2.0 --build-arg VERSION=0.2.0 .

# Where the images come from; pin them by digest in your pipeline, or name your mirror.
ARG BUILD_IMAGE=docker.io/library/node:24-bookworm-slim
ARG RUNTIME_IMAGE=gcr.io/distroless/nodejs24-debian12:nonroot

# The result is the same for every processor, so that this need not be emulated.
FROM --platform=$BUILDPLATFORM ${BUILD_IMAGE} AS build
WORKDIR /src
COPY package.json package-lock.json ./
# Without scripts: the project's own would pack sources that are not there yet, and packing needs none of the others.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY scripts/bundle-bridge.ts scripts/silent-debug.ts scripts/lean-undici.ts scripts/
COPY bridge bridge
RUN npm run bundle

# Node and what it needs: no shell, no package manager.
FROM ${RUNTIME_IMAGE}
ARG VERSION=dev
LABEL org.opencontainers.image.title="edge-inference-bridge" \
      org.opencontainers.image.description="Carries inference requests from MQTT to KServe models and the answers back" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}"
COPY LICENSE /opt/bridge/
COPY --from=build --chmod=0444 /src/bundle/bridge.cjs /opt/bridge/
ENV NODE_ENV=production NODE_OPTIONS=--max-semi-space-size=8 MALLOC_ARENA_MAX=1
# A number, or Kubernetes could not see that it is not root. The bridge writes no file.
USER 1000:1000
# /livez, /readyz, /metrics
EXPOSE 9464
# Not through a shell, which would keep SIGTERM to itself.
ENTRYPOINT ["/nodejs/bin/node", "/opt/bridge/bridge.cjs"]
CMD ["--help"]

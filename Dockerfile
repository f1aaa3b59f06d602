# syntax=docker/dockerfile:1
# The image is reproducible from package-lock.json. Nothing is compiled: better-sqlite3 brings its binaries, and the one of this
# platform is checked for before the image is made.

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY src ./src
RUN npx --no-install tsc --project src

FROM node:24-slim AS modules
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
# What only compilers, editors and other platforms use.
RUN cd node_modules \
 && find better-sqlite3/prebuilds -type f ! -name "linux-$(node -p process.arch).node" -delete \
 && rm -rf better-sqlite3/deps better-sqlite3/src better-sqlite3/binding.gyp \
 && find . -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' -o -name '*.md' -o -name '*.markdown' \) -delete \
 && node -e "const D = require('better-sqlite3'); const d = new D(':memory:'); if (d.prepare('select 1 + 1 as two').get().two !== 2) throw 1"

FROM node:24-slim
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="didbon" \
      org.opencontainers.image.description="A lookout for internet censorship: tells blocks from faults, logs outages and what they followed" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
# Two arenas, and large blocks apart from them: what an arena once had, it keeps.
ENV NODE_ENV=production \
    NODE_DISABLE_COMPILE_CACHE=1 \
    MALLOC_ARENA_MAX=2 \
    MALLOC_MMAP_THRESHOLD_=131072 \
    MALLOC_TRIM_THRESHOLD_=131072
COPY --from=modules /app/node_modules /app/node_modules
COPY --from=build /app/dist /app/dist
COPY config /app/config
COPY package.json LICENSE /app/
# The default store is data/didbon.db under /; an operator's configuration is looked for in /etc/didbon.
RUN mkdir -p /data /etc/didbon && chown 1000:1000 /data
WORKDIR /
USER 1000:1000
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 CMD ["node", "/app/dist/cli.js", "health"]
STOPSIGNAL SIGTERM
# A small machine: collect garbage sooner rather than take more memory. Without protection keys: src/probe/README.md says why.
ENTRYPOINT ["node", "--no-memory-protection-keys", "--optimize-for-size", "--max-semi-space-size=2", "--v8-pool-size=1", "/app/dist/cli.js"]
CMD ["serve"]

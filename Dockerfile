# One image for every service; docker-compose.yml chooses which one a container runs.

# Only what npm reads: a change of sources leaves the layers with the dependencies as they are.
FROM node:24-bookworm-slim AS manifests
WORKDIR /app
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json ! -name .npmrc -delete \
  && find . -type d -empty -delete

# Install scripts only fetch what is for use without Docker: another Node, and PostgreSQL.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY --from=manifests /app .
RUN --mount=type=cache,target=/root/.npm \
  npm ci --ignore-scripts --include-workspace-root --workspace apps
COPY . .
RUN NX_DAEMON=false NX_TUI=false npx nx run-many -t build \
  && mkdir /built \
  && cp -r --parents apps/*/dist libs/*/dist libs/local-stack/src /built

# The services and the packages they use; libs/local-stack, which they do not, brings no dependencies.
FROM node:24-bookworm-slim AS production
WORKDIR /app
COPY --from=manifests /app .
RUN --mount=type=cache,target=/root/.npm \
  npm ci --ignore-scripts --omit=dev --workspace apps

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
# A volume that is mounted here for the first time takes over the owner.
RUN install -d -o node -g node /data/state
COPY --from=production /app .
COPY --from=build /built .
USER node

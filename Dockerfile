# One image for web, worker and sweeper: `python -m trimestrale.processes web|worker|sweeper`.
FROM node:22-bookworm-slim AS assets
WORKDIR /srv/trimestrale
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts

FROM python:3.12-slim-bookworm AS build
WORKDIR /srv/trimestrale
ENV PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv .venv
COPY requirements/run.txt requirements/run.txt
RUN .venv/bin/pip install --require-hashes -r requirements/run.txt
COPY . .
COPY --from=assets /srv/trimestrale/node_modules node_modules
# Here settings load without the secrets of an installation; the ones made for it do not stay in the image
ENV DEVELOPMENT=1 EMBEDDED_DIR=/tmp/build
RUN .venv/bin/python -m trimestrale.assets copy \
    && .venv/bin/python manage.py messages --compile \
    && .venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
    && rm -rf node_modules tests docs /tmp/build

FROM python:3.12-slim-bookworm
RUN apt-get update && apt-get install -y --no-install-recommends chromium && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin trimestrale \
    && install -d -o trimestrale -g trimestrale /data /data/uploads /data/lake /data/papers
COPY --from=build /srv/trimestrale /srv/trimestrale
WORKDIR /srv/trimestrale
ENV PATH=/srv/trimestrale/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DEVELOPMENT=0 \
    HOST=0.0.0.0 PORT=8000 UPLOADS_DIR=/data/uploads LAKE_DIR=/data/lake PAPERS_DIR=/data/papers AUDIT_DIR=/data/audit SWEEPER_HEARTBEAT=/data/sweeper.alive
USER trimestrale
VOLUME /data
EXPOSE 8000
CMD ["python", "-m", "trimestrale.processes", "web"]

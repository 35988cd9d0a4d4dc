# The site as one image; compose.yaml runs it four times: web, events, tasks, clock.
FROM python:3.13-slim-bookworm

RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --home-dir /var/lib/steadfast steadfast

WORKDIR /app
ENV PYTHONUTF8=1 PYTHONUNBUFFERED=1 PYTHONPATH=/app/site:/app STEADFAST_VAR=/var/lib/steadfast \
    DJANGO_SETTINGS_MODULE=config.settings

COPY requirements.txt .
RUN pip install --no-cache-dir --only-binary :all: --require-hashes -r requirements.txt

COPY . .
RUN python -m compileall -q site membership shop training receipts

USER steadfast
VOLUME /var/lib/steadfast
EXPOSE 8000
CMD ["python", "-m", "granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "8", "--host", "0.0.0.0", "--port", "8000", "config.wsgi:application"]

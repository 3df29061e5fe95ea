# As small as it can be: one stage, the locked packages, no build tools left behind.
FROM python:3.11-slim
WORKDIR /app
COPY requirements.lock pyproject.toml README.md ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY bot bot
COPY core core
COPY sandbox sandbox
COPY templates templates
RUN pip install --no-cache-dir --no-deps --no-build-isolation . && useradd --system grcpush && install -d -o grcpush /data
USER grcpush
# Where grcpush.toml is read, and where the database is unless it is PostgreSQL.
WORKDIR /data
VOLUME /data
ENV GRCPUSH_HTTP_HOST=0.0.0.0
EXPOSE 8400
# SIGTERM stops claiming and lets writes under way finish, which takes as long as one write may: give it the time.
STOPSIGNAL SIGTERM
CMD ["grcpush", "serve"]

# The image for every part of the site; which one a container is, its command says: web, live, worker, slow-worker,
# scheduler, migrate. The tests run the steps below outside Docker, in a copy without what .dockerignore names.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /srv/hanmadi
RUN useradd --system --create-home --uid 10001 hanmadi && install --directory --owner hanmadi /data

# The packages change less often than the code, so they come first and stay in Docker's cache.
COPY requirements.txt .
RUN python -m pip install --require-hashes -r requirements.txt

COPY . .
# In the testing environment no secret is made, so none stays in the image.
RUN APP_ENV=testing python -m flask translate compile
RUN python -m compileall -q app config.py microblog.py worker.py

# Nothing is installed or compiled at the start: BOOT_PYTHON says that it is there already.
ENV APP_ENV=production BOOT_PYTHON=python DATA_DIR=/data HOST=0.0.0.0 PORT=5000
USER hanmadi
VOLUME /data
EXPOSE 5000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["python", "deploy/healthy.py"]
ENTRYPOINT ["./boot.sh"]
CMD ["web"]

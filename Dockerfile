# CPU by default; docs/docker.md tells how to build with CPU-only torch, or for CUDA.
ARG BASE=python:3.11.13-slim-bookworm
FROM ${BASE}

# A package index with other builds of torch (CPU only, or for a CUDA release); empty: the usual one.
ARG TORCH_INDEX_URL=""

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore \
    PIP_DISABLE_PIP_VERSION_CHECK=1

RUN groupadd --gid 10001 handtune \
    && useradd --uid 10001 --gid handtune --create-home handtune

WORKDIR /app

# This layer changes only with the pins. With an index of its own, torch is installed before the rest,
# in the pinned version, which the pins then find in place.
COPY requirements.txt ./
RUN grep -v '^-e' requirements.txt > pins.txt \
    && if [ -n "${TORCH_INDEX_URL}" ]; then \
         pip install --index-url "${TORCH_INDEX_URL}" "$(grep -o '^torch==[0-9.]*' pins.txt)"; \
       fi \
    && pip install -r pins.txt \
    && rm pins.txt

COPY . .
RUN pip install --no-deps -e . \
    && mkdir -p runs \
    && chown 10001:10001 runs

# By number, so that a host can check that it is not root.
USER 10001:10001
VOLUME ["/app/runs"]
EXPOSE 8501

HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]

# Open inside the container only; what is published outside is the choice of `docker run -p`.
CMD ["streamlit", "run", "dashboard/app.py", "--server.address=0.0.0.0", "--server.headless=true"]

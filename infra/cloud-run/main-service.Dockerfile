# The image of main: the web client, the gateway and what was not split out yet. Built from the repository's root:
#   docker build -f infra/cloud-run/main-service.Dockerfile .
# BASE can name the same Python elsewhere, by digest. Nothing of the first stage is in the image but the packages.
ARG BASE=python:3.11-slim-bookworm@sha256:528257d48c1da0dcecc2e725d1ae34498d60c965f1241e39cd6a85a8859bdf84

FROM ${BASE} AS build
WORKDIR /build
COPY requirements/build.txt requirements/
RUN python3 -m venv .venv && \
    .venv/bin/python -m pip install --no-cache-dir --no-deps --require-hashes -r requirements/build.txt

FROM build AS client
COPY requirements/node.txt requirements/
COPY tools tools
COPY web web
RUN mkdir -p src/emergence/gateway && tools/web.sh build

FROM build AS packages
COPY infra/cloud-run/main-requirements.txt ./
RUN python3 -m venv --without-pip /opt/emergence && \
    .venv/bin/uv pip install --python /opt/emergence/bin/python --no-cache --no-deps --require-hashes \
    --only-binary :all: --compile-bytecode -r main-requirements.txt
COPY LICENSE README.md pyproject.toml ./
COPY src src
COPY --from=client /build/src/emergence/gateway/client src/emergence/gateway/client
RUN .venv/bin/python -m hatchling build -t wheel -d dist && \
    .venv/bin/uv pip install --python /opt/emergence/bin/python --no-cache --no-deps --compile-bytecode dist/*.whl

FROM ${BASE}
ARG BASE
ARG REVISION=unknown
LABEL managed-by=emergence \
      org.opencontainers.image.title=emergence-main \
      org.opencontainers.image.base.name=${BASE} \
      org.opencontainers.image.licenses=Apache-2.0 \
      org.opencontainers.image.revision=${REVISION}
COPY --from=packages /opt/emergence /opt/emergence
# The root may be read-only: only /tmp is written, and modules were compiled above.
ENV PATH=/opt/emergence/bin:$PATH \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    EMERGENCE_HOST=0.0.0.0
USER 10001:10001
WORKDIR /tmp
EXPOSE 8080
ENTRYPOINT ["emergence"]
CMD ["serve", "gateway", "chat", "memory"]

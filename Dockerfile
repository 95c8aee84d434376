# innoscape on the command line: see "In a container" in docs/install.md
FROM python:3.12-slim
ARG EXTRAS=boundaries,figures,gazetteer,plugins,records
# without a network: PIP_FIND_LINKS=wheels and PIP_NO_INDEX=1, where the folder wheels holds every package that pip needs
ARG PIP_FIND_LINKS
ARG PIP_NO_INDEX
WORKDIR /src
COPY . .
RUN pip install --no-cache-dir --constraint constraints.txt ".[${EXTRAS}]"
RUN useradd --create-home innoscape && mkdir /work && chown innoscape /work
ENV HOME=/tmp
USER innoscape
WORKDIR /work
ENTRYPOINT ["innoscape"]

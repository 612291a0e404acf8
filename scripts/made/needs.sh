# Sourced by scripts: what they need and the machine lacks.

# needs COMMAND=PACKAGE…: installs those of Debian's packages whose command is not there.
needs() {
    local missing=() pair
    for pair; do
        command -v "${pair%%=*}" >/dev/null 2>&1 || missing+=("${pair#*=}")
    done
    if [ ${#missing[@]} -gt 0 ]; then needs_packages "${missing[@]}"; fi
}

# needs_packages PACKAGE…: installs them. The run level keeps those that are servers from being started.
needs_packages() {
    echo "installing $* (once)" >&2
    local root=()
    [ "$(id -u)" = 0 ] || root=(sudo)
    "${root[@]}" apt-get update -qq >&2
    "${root[@]}" env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "$@" >&2
}

# in_memory: trees of small files are made and removed by the thousand, in memory where there is some.
in_memory() {
    if [ -d /dev/shm ] && [ -w /dev/shm ]; then export TMPDIR=${TMPDIR:-/dev/shm}; fi
}

# Sourced by the commands beside it: makes .venv from the hash-pinned lock and sees to system packages.
# Needs git and Python 3.11 or newer; everything else is installed here or named in one command.

root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root" || exit 1
umask 022

say() { printf '%s\n' "$*" >&2; }

# Which Debian packages are missing, of those given as "package:probe" (a program, or a library's name).
missing_packages() {
    for pair in "$@"; do
        package=${pair%%:*} probe=${pair#*:}
        case $probe in
            lib*) ldconfig -p 2>/dev/null | grep -q "$probe" || /sbin/ldconfig -p 2>/dev/null | grep -q "$probe" || printf '%s ' "$package" ;;
            /*) ls $probe >/dev/null 2>&1 || printf '%s ' "$package" ;;
            *) command -v "$probe" >/dev/null 2>&1 || printf '%s ' "$package" ;;
        esac
    done
}

install_packages() {
    [ -z "$*" ] && return 0
    if [ "$(id -u)" = 0 ]; then run=; elif sudo -n true 2>/dev/null; then run=sudo; else
        say "These system packages are missing and need an administrator. Please run:"
        say "    sudo apt-get update && sudo apt-get install -y $*"
        exit 1
    fi
    command -v apt-get >/dev/null 2>&1 || { say "Please install these packages (Debian names): $*"; exit 1; }
    say "Installing system packages: $*"
    if ! { $run apt-get update -qq && DEBIAN_FRONTEND=noninteractive $run apt-get install -y -qq --no-install-recommends $*; } >"$root/.setup.log" 2>&1; then
        tail -n 5 "$root/.setup.log" >&2
        say "The installation failed; the whole log is .setup.log."
        exit 1
    fi
}

find_python() {
    for candidate in python3 python3.13 python3.12 python3.11; do
        if command -v "$candidate" >/dev/null 2>&1 && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
            command -v "$candidate"
            return
        fi
    done
    say "Python 3.11 or newer is needed; on Debian 12: apt-get install python3"
    exit 1
}

# make_venv LOCK: builds .venv unless this very lock is already in it.
make_venv() {
    lock=$1
    python=$(find_python) || exit 1
    mark=.venv/.installed-$lock-$(cksum <"$lock" | tr ' ' '-')-$(cksum <pyproject.toml | tr ' ' '-')
    [ -e "$mark" ] && return 0
    if ! "$python" -c 'import ensurepip' 2>/dev/null; then install_packages python3-venv; fi
    [ -x .venv/bin/pip ] || "$python" -m venv .venv || exit 1
    say "Installing Python packages from $lock (about a minute the first time) ..."
    quiet="--quiet --disable-pip-version-check --no-input --root-user-action=ignore"
    .venv/bin/python -m pip install $quiet --require-hashes -r "$lock" || exit 1
    .venv/bin/python -m pip install $quiet --no-deps --no-build-isolation -e . || exit 1
    : >"$mark"
}

RUNTIME_PACKAGES="libpango-1.0-0:libpango-1.0 libpangoft2-1.0-0:libpangoft2-1.0 libharfbuzz-subset0:libharfbuzz-subset"
TEST_PACKAGES="$RUNTIME_PACKAGES git:git make:make openssl:openssl qpdf:qpdf poppler-utils:pdfsig faketime:faketime curl:curl strace:strace chromium:chromium softhsm2:softhsm2-util p11-kit:p11-kit p11-kit-modules:/usr/lib/*/pkcs11/p11-kit-client.so postgresql:/usr/lib/postgresql/*/bin/initdb"

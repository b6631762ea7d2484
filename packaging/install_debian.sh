#!/usr/bin/env bash
# Installs the Debian or Ubuntu packages listed in the given files that are not there yet, as root;
# otherwise prints the one command that does it and fails. Other systems are left alone.
set -euo pipefail

command -v dpkg-query >/dev/null || exit 0

present() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q ' installed$'; }

missing=()
while read -r package; do
    # Ubuntu 24.04 renamed libraries at the change to 64 bit times
    present "$package" || present "${package}t64" || missing+=("$package")
done < <(cat "$@")
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -ne 0 ]; then
    echo "These system libraries are missing; install them with this line, then try again:" >&2
    echo "    sudo apt-get install -y ${missing[*]}" >&2
    exit 1
fi

apt-get update -q
chosen=()
for package in "${missing[@]}"; do
    if apt-cache policy "$package" | grep -q 'Candidate: [^(]'; then
        chosen+=("$package")
    else
        chosen+=("${package}t64")
    fi
done
DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${chosen[@]}"

#!/bin/sh
# Print the path of a Python that Switchboard runs on, or say what to install.
seen=""
for name in ${SWITCHBOARD_PYTHON:-} python3.11 python3.12 python3.13 python3 python; do
    version=$("$name" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
    case "$version" in
        3.11 | 3.12 | 3.13) command -v "$name"; exit 0 ;;
        *) seen="$seen $version" ;;
    esac
done
if [ -n "$seen" ]; then
    echo "Switchboard needs Python 3.11, 3.12 or 3.13; this machine has only$seen." >&2
else
    echo "Switchboard needs Python 3.11, 3.12 or 3.13; this machine has no Python." >&2
fi
echo "Install one (Debian, Ubuntu: apt-get install python3 python3-venv), or name it: make SWITCHBOARD_PYTHON=/path/to/python3.11" >&2
exit 1

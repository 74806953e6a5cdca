#!/bin/sh
# Runs its arguments with a Python that Harborline works on, or says in one sentence that there is none.
suitable='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))'
for python in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    if command -v "$python" >/dev/null 2>&1 && "$python" -c "$suitable" >/dev/null 2>&1; then
        exec "$python" "$@"
    fi
done
found=$(${PYTHON:-python3} --version 2>&1 | head -n 1)
echo "Harborline needs Python 3.11, 3.12, 3.13 or 3.14; here is ${found:-none}: install one (Debian: apt-get install python3 python3-venv) and run make again." >&2
exit 2

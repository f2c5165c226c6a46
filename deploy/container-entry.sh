#!/bin/sh
# Reads secrets from files, so that they stand in no environment that `docker inspect` shows: X_FILE names the file of X.
set -eu
for name in DATABASE_URL DATABASE_OWNER_URL REDIS_URL; do
  eval "file=\${${name}_FILE:-}"
  [ -n "$file" ] || continue
  # Assigned apart from export: a file that cannot be read must end the start.
  value=$(cat "$file")
  export "$name=$value"
  unset "${name}_FILE"
done
exec "$@"

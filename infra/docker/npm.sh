# npm for image builds, quiet, from the registry in NPM_REGISTRY where the build is given one, trusting also the
# certificates of the build secret npm_ca where it holds any.
set -eu
[ -z "${NPM_REGISTRY:-}" ] || export npm_config_registry="$NPM_REGISTRY"
if grep -qs 'BEGIN CERTIFICATE' /run/secrets/npm_ca; then export NODE_EXTRA_CA_CERTS=/run/secrets/npm_ca; fi
exec npm --no-audit --no-fund --no-update-notifier --loglevel=error "$@"

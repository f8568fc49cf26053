#!/bin/sh
# Builds what is needed and runs the embedded default with the settings below.
# Usage: run.sh demo|run
#   demo  plays one simulated call through it, shows what was recorded, and ends
#   run   leaves it running on BURQI_URLS until it is interrupted
# Every setting may be given in the environment instead. What is made here is made once and kept, readable by its owner only.
set -eu
cd "$(dirname "$0")/../.."

what=${1:-}
case $what in
  demo) project=infra/demo/Burqi.Demo ;;
  run) project=services/all-in-one/Burqi.AllInOne ;;
  *)
    echo "Usage: $0 demo|run" >&2
    exit 64
    ;;
esac

data=${BURQI_DATA_DIR:-data}
(umask 077 && mkdir -p "$data")

# keep name bytes prefix: prints the secret of that name, made at random the first time
keep() {
  if [ ! -s "$data/$1" ]; then
    (umask 077 && printf '%s%s\n' "${3:-}" "$(od -An -N"$2" -tx1 /dev/urandom | tr -d ' \n')" >"$data/$1.new")
    mv "$data/$1.new" "$data/$1"
  fi
  cat "$data/$1"
}

if [ -z "${BURQI_API_KEYS:-}" ]; then
  BURQI_API_KEYS=$(keep api-key 24)
  export BURQI_API_KEYS BURQI_API_KEY_FILE="$data/api-key"
fi

# Without an account of yours, one that only the simulator knows.
if [ -z "${TWILIO_AUTH_TOKEN:-}" ]; then
  TWILIO_AUTH_TOKEN=$(keep twilio-auth-token 16)
  TWILIO_ACCOUNT_SID=$(keep twilio-account-sid 16 AC)
  export TWILIO_AUTH_TOKEN TWILIO_ACCOUNT_SID
fi

echo "Building"
dotnet build "$project" --configuration Release --nologo --verbosity minimal

if [ "$what" = run ]; then
  echo "Running on ${BURQI_URLS:-http://127.0.0.1:8000}; Ctrl-C ends it"
  [ -z "${BURQI_API_KEY_FILE:-}" ] || echo "The API's key is in $BURQI_API_KEY_FILE"
fi
exec dotnet "artifacts/bin/$(basename "$project")/release/$(basename "$project").dll"

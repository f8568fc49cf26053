#!/bin/sh
# Makes the bucket if it is not there. Runs at every start; the second time it finds it and ends.
set -eu

aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL_S3" "$@"; }

if aws s3api head-bucket --bucket "$S3_RECORDING_BUCKET" 2>/dev/null; then
    echo "bucket $S3_RECORDING_BUCKET is there"
else
    aws s3api create-bucket --bucket "$S3_RECORDING_BUCKET"
    echo "bucket $S3_RECORDING_BUCKET created"
fi

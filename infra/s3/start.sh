#!/bin/sh
# Starts SeaweedFS as one S3 server. The identity comes from the environment, so no secret lies in a file of this repository;
# it is written to the container's tmpfs because that is where the server reads it from.
set -eu

cat > /tmp/s3.json <<JSON
{
  "identities": [
    {
      "name": "burqi",
      "credentials": [{ "accessKey": "$AWS_ACCESS_KEY_ID", "secretKey": "$AWS_SECRET_ACCESS_KEY" }],
      "actions": ["Admin", "Read", "Write", "List", "Tagging"]
    }
  ]
}
JSON
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY

# Without preallocation an empty store takes no gigabytes.
exec /entrypoint.sh server -ip=s3 -ip.bind=0.0.0.0 -master.volumePreallocate=false \
    -filer -s3 -s3.port=8333 -s3.config=/tmp/s3.json

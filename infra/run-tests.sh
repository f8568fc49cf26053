#!/bin/sh
# Runs every test project that is built, one after the other, and ends with the line 'N passed, N failed'.
# Usage: run-tests.sh   (from the repository's top folder, after a build)
set -eu

results=artifacts/test-results
rm -rf $results
mkdir -p $results

total() { # attribute file: a number from the summary of a test run
  sed -n "s/.*<Counters [^>]*\\b$1=\"\\([0-9]*\\)\".*/\\1/p" "$2" | head -n 1
}

passed=0
failed=0
broken=
for project in tests/*.Tests; do
  name=$(basename "$project")
  echo "Testing $name"
  result=$results/$name.trx
  code=0
  dotnet test "$project" --no-build --nologo --verbosity quiet --results-directory $results --logger "trx;LogFileName=$name.trx" \
    --logger "console;verbosity=minimal" --blame-hang-timeout 10m --blame-hang-dump-type none </dev/null || code=$?

  ran=0
  run_failed=0
  run_passed=0
  if [ -f "$result" ]; then
    ran=$(total total "$result")
    run_passed=$(total passed "$result")
    run_failed=$((ran - run_passed)) # a skipped test proves nothing: it counts as failed
  fi

  # A run that broke off, or that found no test, is a failure of its own.
  if [ "$ran" = 0 ] || { [ "$code" != 0 ] && [ "$run_failed" = 0 ]; }; then
    echo "$name did not run to its end (exit code $code)." >&2
    run_failed=$((run_failed + 1))
  fi

  passed=$((passed + run_passed))
  failed=$((failed + run_failed))
  if [ "$run_failed" != 0 ]; then
    broken="$broken$name
"
  fi
done

# Said again at the end, where a reader of a long log looks first: which tests failed, and why.
for name in $broken; do
  echo "Failed in $name:"
  if [ -f "$results/$name.trx" ]; then
    awk '/<UnitTestResult / { shown = 0; if ($0 ~ /outcome="(Failed|NotExecuted)"/) { shown = 1; sub(/.*testName="/, ""); sub(/".*/, ""); print "  " $0 } }
      shown && /<Message>/ { inMessage = 1 }
      inMessage { gsub(/<[^>]*>/, ""); if ($0 != "" && lines++ < 12) print "      " $0 }
      /<\/Message>/ { inMessage = 0; lines = 0 }' "$results/$name.trx"
  fi
done

echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]

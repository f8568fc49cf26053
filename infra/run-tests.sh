#!/bin/sh
# Runs every test project that is built and ends with the line 'N passed, N failed'. The two that mostly wait, for processes they kill and
# brokers that start again, run beside the others, which follow one another: each has servers, ports and folders of its own.
# Tests that fail are run a second time, alone and with nothing beside them: one that fails again has failed, one that passes then is named
# as unsteady, which is a defect to be found, but not a reason to throw away everybody else's work.
# Usage: run-tests.sh   (from the repository's top folder, after a build)
set -eu

results=artifacts/test-results
rm -rf $results
mkdir -p $results

total() { # attribute file: a number from the summary of a test run
  sed -n "s/.*<Counters [^>]*\\b$1=\"\\([0-9]*\\)\".*/\\1/p" "$2" | head -n 1
}

# A process of tests that hangs, or that crashed, is given up once no test has ended for the limit; the longest test takes over four minutes
# on a busy machine.
run() { # project name [filter]: runs a project's tests; their report is name.trx
  rm -f "$results/$2.trx"
  dotnet test "$1" --no-build --nologo --verbosity quiet --results-directory $results --logger "trx;LogFileName=$2.trx" \
    --logger "console;verbosity=minimal" --blame-hang-timeout 7m --blame-hang-dump-type none ${3:+--filter "$3"} </dev/null
}

aborted() { # file: whether the report tells of an error other than failed tests, as when their process crashed or was killed
  awk '/<RunInfo / { isError = /outcome="Error"/ } /<Text>/ { if (isError && !/ \[FAIL\]/) found = 1; isError = 0 } END { exit !found }' "$1"
}

count() { # name exit-code: sets ran, run_passed and run_failed from name.trx
  ran=0
  run_failed=0
  run_passed=0
  if [ -f "$results/$1.trx" ]; then
    ran=$(total total "$results/$1.trx")
    run_passed=$(total passed "$results/$1.trx")
    run_failed=$((ran - run_passed)) # a skipped test proves nothing: it counts as failed
  fi

  # A run that broke off, or that found no test, is a failure of its own: how many tests it did not come to is not known.
  broke=false
  if [ "$ran" = 0 ] || { [ "$2" != 0 ] && [ "$run_failed" = 0 ]; } || aborted "$results/$1.trx"; then
    echo "$1 did not run to its end (exit code $2)." >&2
    run_failed=$((run_failed + 1))
    broke=true
  fi
}

tests() { # name [outcome]: the tests of name.trx, one a line, without a theory's arguments; only those that ended so
  awk -v outcome="outcome=\"(${2:-.*})\"" '/<UnitTestResult / && $0 ~ outcome { sub(/.*testName="/, ""); sub(/".*/, ""); sub(/\(.*/, ""); print }' \
    "$results/$1.trx" | sort -u
}

failures() { # name: the failed tests of name.trx
  tests "$1" 'Failed|NotExecuted'
}

missing() { # name: the failed tests of name.trx that name.again.trx knows nothing of
  failures "$1" >"$results/$1.asked"
  tests "$1.again" | comm -23 "$results/$1.asked" -
}

explain() { # name: each failed test of name.trx with the beginning of its message
  awk '/<UnitTestResult / { shown = 0; if ($0 ~ /outcome="(Failed|NotExecuted)"/) { shown = 1; sub(/.*testName="/, ""); sub(/".*/, ""); print "  " $0 } }
    shown && /<Message>/ { inMessage = 1 }
    inMessage { gsub(/<[^>]*>/, ""); if ($0 != "" && lines++ < 12) print "      " $0 }
    /<\/Message>/ { inMessage = 0; lines = 0 }' "$results/$1.trx"
}

# Ctrl-C ends what runs beside as well: a shell's background jobs do not hear it.
trap 'trap "" INT TERM HUP; kill -s TERM 0; exit 130' INT TERM HUP

lane() { # project…: runs them one after the other; what one prints appears when it has ended, its exit code is in name.code
  for project; do
    name=$(basename "$project")
    echo "Testing $name"
    code=0
    run "$project" "$name" >"$results/$name.log" 2>&1 || code=$?
    echo $code >"$results/$name.code"
    cat "$results/$name.log"
  done
}

beside='tests/Burqi.EndToEnd.Tests tests/Burqi.Hosting.Tests'
rest=
for project in tests/*.Tests; do
  case " $beside " in *" $project "*) ;; *) rest="$rest $project" ;; esac
done
for project in $beside; do
  lane "$project" &
done
# shellcheck disable=SC2086 # one word each
lane $rest
wait

passed=0
failed=0
report=$results/failures.txt
: >$report
for project in $beside $rest; do
  name=$(basename "$project")
  count "$name" "$(cat "$results/$name.code" 2>/dev/null || echo unknown)"

  if [ "$run_failed" != 0 ]; then
    first_passed=$run_passed
    first_failed=$run_failed
    filter=
    if [ $broke = false ]; then
      filter=$(failures "$name" | sed 's/^/FullyQualifiedName=/' | paste -sd '|')
    fi

    {
      echo "Failed in $name, first run:"
      [ ! -f "$results/$name.trx" ] || explain "$name"
    } >>$report
    echo "Testing what failed in $name once more"
    code=0
    run "$project" "$name.again" "$filter" || code=$?
    count "$name.again" $code
    if [ -n "$filter" ] && { [ $broke = true ] || [ -n "$(missing "$name")" ]; }; then
      # It says nothing of what it did not come to: all of that has failed.
      echo "The second run did not run all of that." >>$report
      run_failed=$first_failed
    fi
    if [ "$run_failed" = 0 ]; then
      echo "Unsteady: all of that passed in a second run." >>$report
      [ -z "$filter" ] || run_passed=$((first_passed + first_failed))
    else
      echo "It failed again:" >>$report
      [ ! -f "$results/$name.again.trx" ] || explain "$name.again" >>$report
      if [ -n "$filter" ]; then
        run_passed=$((first_passed + first_failed - run_failed))
      fi
    fi
  fi

  passed=$((passed + run_passed))
  failed=$((failed + run_failed))
done

# Said again at the end, where a reader of a long log looks first.
cat $report
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]

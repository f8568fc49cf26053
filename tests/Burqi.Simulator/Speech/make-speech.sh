#!/usr/bin/env bash
# Makes caller.ulaw and callee.ulaw again, byte for byte, from the lines below. Needs Debian's flite (2.2) and sox.
# Usage: make-speech.sh [folder]   (default: this script's own)
set -euo pipefail

out=$(realpath "${1:-$(dirname "${BASH_SOURCE[0]}")}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# who | seconds after the end of the line before (negative: they talk over each other) | words
conversation() {
  cat <<'LINES'
callee | 0.8  | Harbour Street garage, Ruth speaking.
caller | 0.4  | Hello Ruth, this is Tom. My car makes a grinding noise whenever I brake.
callee | 0.3  | Oh dear. Every time, or only when you brake hard?
caller | 0.4  | Every time, and it is getting louder.
callee | -0.7 | Right.
callee | 0.6  | That sounds like worn brake pads. Could you come on Thursday at half past nine?
caller | 0.6  | Thursday is difficult. Do you have anything on Friday?
callee | -0.5 | Friday, let me see. Yes, eight fifteen is free.
caller | 0.3  | Perfect. Do you think I can drive it until then?
callee | 0.4  | Short trips only, please, and keep your distance.
caller | -0.6 | I will. Thank you very much, Ruth.
callee | 0.3  | You are welcome, Tom. See you on Friday.
caller | -0.2 | Goodbye.
LINES
}

declare -A voice=([caller]=rms [callee]=slt) tracks=([caller]='' [callee]='')
end=0
line=0
while IFS='|' read -r who gap words; do
  who=${who// /}
  line=$((line + 1))
  flite -voice "${voice[$who]}" -t "${words# }" -o "$work/$line.wav"

  # Without the pauses flite puts around a line; the telephone's band and rate; every line as loud as the next, 7 dB below full scale.
  sox -D "$work/$line.wav" -b 16 "$work/said.wav" \
    silence 1 0.02 0.5% reverse silence 1 0.02 0.5% reverse sinc 200-3500 rate -v 8000 norm -7
  start=$(awk -v end="$end" -v gap="$gap" 'BEGIN { printf "%d", (end + gap) * 8000 }')
  end=$(awk -v start="$start" -v samples="$(soxi -s "$work/said.wav")" 'BEGIN { printf "%.6f", (start + samples) / 8000 }')
  sox -D "$work/said.wav" "$work/$who-$line.wav" pad "${start}s"
  tracks[$who]+=" -v 1 $work/$who-$line.wav"
done < <(conversation)

# Both tracks are of one length, a whole number of 20 ms frames with half a second of silence at the end.
samples=$(awk -v end="$end" 'BEGIN { printf "%d", (int((end + 0.5) * 50) + 1) * 160 }')
sox -D -r 8000 -n -c 1 -b 16 "$work/silence.wav" trim 0 "${samples}s"
for who in caller callee; do
  # shellcheck disable=SC2086 # a list of arguments
  sox -D -m -v 1 "$work/silence.wav" ${tracks[$who]} -t raw -e mu-law -b 8 "$work/$who.ulaw"
  mv "$work/$who.ulaw" "$out/$who.ulaw"
done

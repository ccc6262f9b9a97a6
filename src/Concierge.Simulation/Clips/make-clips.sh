#!/bin/sh
# Makes the speech clips of the twin from clips.tsv. Needs flite (voices slt and rms) and sox from the distribution; run it
# only when a text changes: the clips are committed, no build runs this.
#
#   ./make-clips.sh
#
# Every clip: spoken at 16 kHz, silence trimmed to 40 ms before and 60 ms after the speech, level -20 dBFS RMS (0 dBFS = a
# full-scale square wave, as Concierge.Audio counts). The concierge (slt) stays 16-bit PCM at 16 kHz in a WAV, so that the model
# twin speaks with more band than a telephone has and the bridge's low-pass has something to do. The restaurant (rms) is what a
# telephone delivers: 300-3400 Hz, 8 kHz mu-law, raw.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tab=$(printf '\t')

grep -v '^#' clips.tsv | while IFS="$tab" read -r name voice transcript spoken; do
    [ -n "$name" ] || continue
    flite -voice "$voice" -t "${spoken:-$transcript}" -o "$work/raw.wav"
    sox -R "$work/raw.wav" -r 16000 -e floating-point -b 32 "$work/trimmed.wav" highpass 60 \
        silence 1 0.01 -46d reverse silence 1 0.01 -46d reverse
    if [ "$voice" = rms ]; then
        sox -R "$work/trimmed.wav" -r 8000 "$work/band.wav" sinc 250-3400
    else
        cp "$work/trimmed.wav" "$work/band.wav"
    fi
    level=$(sox "$work/band.wav" -n stats 2>&1 | awk '/RMS lev dB/ { print $4 }')
    gain=$(awk "BEGIN { print -20 - ($level) }")
    if [ "$voice" = rms ]; then
        sox -R "$work/band.wav" -e mu-law -b 8 -t raw "$name.ulaw" gain "$gain" fade t 0.005 0 0.005 pad 0.04 0.06
    else
        sox -R "$work/band.wav" -e signed-integer -b 16 "$name.wav" gain "$gain" fade t 0.005 0 0.005 pad 0.04 0.06
    fi
done
ls -l ./*.wav ./*.ulaw | awk '{ total += $5 } END { print NR " clips, " total " bytes" }'

#!/usr/bin/env bash
# Runs the tests of the assemblies with Arm code on an emulated 64-bit Arm processor: the AdvSimd rung where there is no such hardware.
#   tests/run-arm64.sh                                  Audio, WebSockets and Protocols, whole
#   tests/run-arm64.sh Audio -- -class '*G711*'         one of them; what follows -- goes to the xunit runner
# On an Arm machine the same without emulator.
# Needs Debian or a child of it with qemu-user (apt-get install qemu-user) and, the first time, Debian's mirror and NuGet: the C and TLS libraries for Arm are unpacked into
# artifacts/arm64, nothing is installed. Exit code: 0 passed, 1 failed, 77 cannot run here (the last line says why).
set -uo pipefail
cd "$(dirname "$0")/.."
export DOTNET_NOLOGO=1
room=$PWD/artifacts/arm64
sysroot=$room/sysroot

missing() {
  echo "arm64 tests left out: $1"
  exit 77
}

# The libraries that .NET asks of the system. apt is given a state of its own: neither root nor a second architecture is needed.
libraries() {
  [ -e "$sysroot/complete" ] && return
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || return
  rm -rf "$room/apt" "$sysroot"
  mkdir -p "$room/apt/lists/partial" "$room/apt/cache/archives/partial" "$sysroot"
  : >"$room/apt/status"
  local own=(-qq -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o "Dir::State=$room/apt" -o "Dir::State::lists=$room/apt/lists" -o "Dir::State::status=$room/apt/status"
    -o "Dir::Cache=$room/apt/cache" -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false -o APT::Sandbox::User=)
  apt-get "${own[@]}" update >"$room/apt/log" 2>&1
  (cd "$room/apt" && apt-get "${own[@]}" download libc6 libgcc-s1 libstdc++6 'libssl3*') >>"$room/apt/log" 2>&1
  local package
  for package in "$room"/apt/*.deb; do
    dpkg-deb -x "$package" "$sysroot" || return
  done
  local file
  for file in ld-linux-aarch64.so.1 libc.so.6 libgcc_s.so.1 libstdc++.so.6 libssl.so.3; do
    [ -n "$(find "$sysroot" -name "$file" -print -quit)" ] || return
  done
  touch "$sysroot/complete"
}

suites=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  suites+=("$1")
  shift
done
[ $# -gt 0 ] && shift
[ ${#suites[@]} -gt 0 ] || suites=(Audio WebSockets Protocols)
for suite in "${suites[@]}"; do
  if [ ! -d "tests/Concierge.$suite.Tests" ]; then
    echo "no such tests: tests/Concierge.$suite.Tests" >&2
    exit 2
  fi
done

emulator=()
if [ "$(uname -m)" != aarch64 ]; then
  qemu=$(command -v qemu-aarch64 || command -v qemu-aarch64-static) || missing "qemu-aarch64 is not installed: apt-get install qemu-user"
  libraries
  [ -e "$sysroot/complete" ] || missing "Debian's libraries for arm64 could not be had; see $room/apt/log"
  emulator=("$qemu" -L "$sysroot")
fi

# The emulator sees new code only where it is written through the mapping that runs it, and a tier-up patches code that other threads run: with the runtime's defaults it dies of an illegal instruction.
export DOTNET_EnableWriteXorExecute=0 DOTNET_TieredCompilation=0
export CONCIERGE_RUNG=Vector128

failed=0
for suite in "${suites[@]}"; do
  tests=Concierge.$suite.Tests
  mkdir -p "$room"
  if ! dotnet restore -r linux-arm64 -p:SelfContained=true "tests/$tests" >"$room/restore.log" 2>&1; then
    tail -n 5 "$room/restore.log"
    missing "the runtime for linux-arm64 could not be restored"
  fi
  dotnet publish -c Release -r linux-arm64 --self-contained --no-restore -v quiet -o "$room/$suite" "tests/$tests" || exit 1
  echo "== $tests on arm64"
  timeout -k 10 900 "${emulator[@]}" "$room/$suite/$tests" -noColor -noLogo -showLiveOutput -verbose "$@" >"$room/$suite.log" 2>&1
  code=$?
  grep -oE "rung Vector128: .*" "$room/$suite.log"
  grep -A 20 -F '[FAIL]' "$room/$suite.log" | cut -c 1-300
  if grep -E '^ +Concierge.* Total: [1-9]' "$room/$suite.log" && [ $code = 0 ]; then
    continue
  fi
  tail -n 3 "$room/$suite.log" | cut -c 1-300
  echo "$tests failed on arm64 (exit code $code); all of its output: $room/$suite.log"
  failed=1
done
exit $failed

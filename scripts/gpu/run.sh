#!/bin/bash
# Tries FakeTensor on an NVIDIA GPU and measures it beside PyTorch, within ten minutes. Results go to
# a folder: results-<date> beside this script, or the one that RESULTS names.
#
#   ./run.sh [test] [bench]     both, unless one is named
#   DEVICE=cuda:1 ./run.sh      another GPU; DEVICE=emulated needs none, and shows that all runs
#
# Needed are NVIDIA's driver, NVRTC and cuBLAS (a CUDA toolkit, or the packages that come with
# PyTorch), and Python; PyTorch for the comparison. PYTHON names another Python.
set -u
here=$(cd "$(dirname "$0")" && pwd)
export DEVICE=${DEVICE:-cuda:0} PYTHON=${PYTHON:-python3}

# --- Parts that are programs of several steps; each runs in a process of its own.

# Of all rows of operations each one by one of several processes, since most of the time kernels are
# compiled.
parity() {
    local workers share pids=() pid failed=0
    workers=$(nproc)
    [ "$workers" -gt 4 ] && workers=4
    for ((share = 0; share < workers; share++)); do
        parity_share $share "$workers" >"$RESULTS/share-$share" 2>&1 &
        pids+=($!)
    done
    for pid in "${pids[@]}"; do wait "$pid" || failed=1; done
    cat "$RESULTS"/share-*
    awk '/^parity:/ { rows += $2; tried += $4; differ += $6 }
         END { printf "parity: %d rows, %d comparisons, %d differ\n", rows, tried, differ }' \
        "$RESULTS"/share-*
    rm -f "$RESULTS"/share-*
    return $failed
}

# Every STEPth row from FROM on: where one ends the process, those behind it go on in another.
parity_share() {
    local from=$1 step=$2 rows=$RESULTS/rows-$1 row status failed=0
    while :; do
        status=0
        "$here/gpucheck" parity --device "$DEVICE" --from "$from" --by "$step" >"$rows" 2>&1 ||
            status=$?
        cat "$rows"
        [ $status -eq 0 ] && break
        failed=1
        # 1 is also what it ends with where something differs.
        grep -q '^parity:' "$rows" && break
        row=$(sed -n 's/^row \([0-9]*\) .*/\1/p' "$rows" | tail -1)
        [ -n "$row" ] || break
        echo "row $row ended the process (status $status)"
        from=$((row + step))
    done
    rm -f "$rows"
    return $failed
}

data() {
    local kind
    mkdir -p "$RESULTS/data"
    for kind in digits recall friedman; do
        "$here/fttrain" data $kind "$RESULTS/data/$kind.h5" --train 320 --test 64 --force || return
    done
    "$here/fttrain" data text "$RESULTS/data/text.h5" "$here/text.txt" --force
}

# The first rows alone: under the sanitizer each takes long.
sanitizer() {
    timeout "$1" compute-sanitizer --error-exitcode 9 "$here/gpucheck" parity --device "$DEVICE" \
        >"$RESULTS/sanitized" 2>&1
    local status=$?
    grep -v '^row ' "$RESULTS/sanitized" | tail -40
    echo "rows until the time was over: $(grep -c '^row ' "$RESULTS/sanitized")"
    rm -f "$RESULTS/sanitized"
    # The time is over: what ran was clean.
    [ $status -eq 0 ] || [ $status -eq 124 ]
}

machine() {
    date -u
    uname -a
    nvidia-smi 2>/dev/null || echo "no nvidia-smi"
    "$here/fttrain" devices
    "$PYTHON" -c 'import torch; print("PyTorch", torch.__version__)' 2>/dev/null ||
        echo "no PyTorch: $PYTHON doesn't find it"
}

if [ "${1:-}" = --part ]; then
    shift
    "$@"
    exit
fi

# --- The whole.

export RESULTS=${RESULTS:-$here/results-$(date +%Y%m%d-%H%M%S)}
mkdir -p "$RESULTS" || exit 1
RESULTS=$(cd "$RESULTS" && pwd)
: >"$RESULTS/summary.txt"
parts=" ${*:-test bench} "
failed=0 patience=1 steps=10000 rounds=5 torch_on=
# The emulator is slow, and its times mean nothing.
[ "$DEVICE" = emulated ] && patience=10 steps=20 rounds=1 torch_on=--cpu

# Libraries of CUDA that are Python's packages.
packages=$("$PYTHON" - 2>/dev/null <<'CODE'
import glob, site
folders = site.getsitepackages() + [site.getusersitepackages()]
print(":".join(path for f in folders for path in sorted(glob.glob(f + "/nvidia/*/lib"))))
CODE
)
export FAKETENSOR_CUDA_PATH=${FAKETENSOR_CUDA_PATH:-$packages}

# part NAME SECONDS COMMAND …: what it prints goes to a file, a line of how it ended to the summary.
part() {
    local name=$1 limit=$(($2 * patience)) start=$SECONDS status=0 said=passed
    shift 2
    timeout "$limit" "$@" >"$RESULTS/$name.txt" 2>&1 || status=$?
    if [ $status -eq 124 ]; then
        said="not done in $limit s"
    elif [ $status -ne 0 ]; then
        said="FAILED ($status)"
    fi
    [ $status -eq 0 ] || failed=1
    printf '%-10s %-18s %4d s  %s\n' "$name" "$said" $((SECONDS - start)) \
        "$(grep -v '^row ' "$RESULTS/$name.txt" | tail -1 | cut -c1-110)" |
        tee -a "$RESULTS/summary.txt"
}
own() { echo bash "$here/run.sh" --part "$@"; }

part machine 60 $(own machine)
if [[ $parts == *" test "* ]]; then
    part data 30 $(own data)
    part parity 210 $(own parity)
    part training 80 "$here/gpucheck" training --device "$DEVICE" --configs "$here/configs" \
        --data "$RESULTS/data"
    part memory 40 "$here/gpucheck" memory --device "$DEVICE" --steps $steps
    if [ "$DEVICE" != emulated ] && command -v compute-sanitizer >/dev/null; then
        part sanitizer 50 $(own sanitizer 40)
    else
        echo "sanitizer  not tried: no compute-sanitizer" | tee -a "$RESULTS/summary.txt"
    fi
fi
if [[ $parts == *" bench "* ]]; then
    part speed 60 "$here/gpucheck" speed --device "$DEVICE" --rounds $rounds
    if "$PYTHON" -c 'import torch' 2>/dev/null; then
        part torch 100 env -C "$here/peers" "$PYTHON" torch_gpu.py $torch_on
        "$PYTHON" "$here/peers/gpu_table.py" "$RESULTS/speed.txt" "$RESULTS/torch.txt" |
            tee "$RESULTS/table.md"
    else
        echo "torch      not tried: $PYTHON has no PyTorch" | tee -a "$RESULTS/summary.txt"
    fi
fi
echo "results are in $RESULTS"
exit $failed
